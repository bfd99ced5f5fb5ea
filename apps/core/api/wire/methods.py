"""Methods of a path: OPTIONS lists them, and others are refused with a problem."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt
from rest_framework.exceptions import MethodNotAllowed

from apps.core.errors import Flaw
from apps.core.http.methods import options_response
from apps.core.http.problems import problem_http_response
from apps.core.parsing.sentences import NO_PARAMETERS

READING = ("GET", "HEAD", "OPTIONS")

# A view of a request and what varies in its path.
SafeView = Callable[..., HttpResponseBase]


def reading(view: SafeView) -> SafeView:
    """Make a read-only view answer OPTIONS, and refuse other methods, with or without a form's token."""

    @wraps(view)
    def responding(request: HttpRequest, **values: Any) -> HttpResponseBase:
        if request.method == "OPTIONS":
            return options_response(READING)
        if request.method not in READING:
            refused = MethodNotAllowed(str(request.method))
            response = problem_http_response(request, 405, refused.default_code, str(refused.detail))
            response["Allow"] = ", ".join(READING)
            return response
        return view(request, **values)

    responding.allowed_methods = READING  # type: ignore[attr-defined]
    return csrf_exempt(responding)


def read_only(view: SafeView) -> SafeView:
    """Make a read-only view answer OPTIONS, and refuse other methods and parameters."""

    @reading
    @wraps(view)
    def responding(request: HttpRequest, **values: Any) -> HttpResponseBase:
        if request.META.get("QUERY_STRING") and request.GET:
            detail = str(NO_PARAMETERS)
            flaws = [Flaw(name, "unknown", detail) for name in request.GET]
            return problem_http_response(request, 400, "invalid", detail, flaws)
        return view(request, **values)

    return responding
