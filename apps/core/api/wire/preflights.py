"""CORS preflights, answered like any OPTIONS."""

from typing import Any

from corsheaders.middleware import CorsMiddleware
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import Resolver404, resolve

from apps.core.api.wire.methods import options_response


class PreflightMiddleware(CorsMiddleware):
    """Responds to a preflight with 204 and Allow, where the library sends 200 for any path.

    Here instead of in the view, where it would count towards the visitor's rate limit.
    """

    def check_preflight(self, request: HttpRequest) -> HttpResponseBase | None:
        if super().check_preflight(request) is None:
            return None
        try:
            view: Any = resolve(request.path_info).func
        except Resolver404:
            return None
        methods = view.cls().allowed_methods if hasattr(view, "cls") else view.allowed_methods
        return options_response(methods)
