"""Errors outside the API's views: problem details for programs, pages for people."""

import sys
from functools import cache

from django.core.exceptions import DisallowedHost
from django.db.utils import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext, gettext_lazy

from apps.core.disk import says_full
from apps.core.errors import DomainError
from apps.core.http.pages import throttled_seconds
from apps.core.http.problems import (
    RETRY_SECONDS,
    UNAVAILABLE_CODE,
    is_for_programs,
    log_unavailable,
    problem_http_response,
    reason_of,
)
from apps.core.redis.client import RedisUnavailableError
from apps.core.redis.sessions import SessionsUnavailableError
from apps.core.waits_in_words import try_again_in

_NO_SERVER = gettext_lazy("This page can't be loaded or saved at the moment. Try again shortly.")
_NOT_OUR_NAME = gettext_lazy("This server does not go by the name in Host. Its operator lists the names it has.")
# What visitors read when a server behind the site fails, by code: which one is for the log, /health/ and the API.
_VISITORS_DETAILS = {
    UNAVAILABLE_CODE: _NO_SERVER,
    "redis_unavailable": _NO_SERVER,
    SessionsUnavailableError.code: gettext_lazy(
        "Your log-in can't be read or stored at the moment. Nothing was changed. Try again shortly."
    ),
}


def bad_request(request: HttpRequest, exception: object = None) -> HttpResponse:
    is_elsewhere = isinstance(exception, DisallowedHost)
    detail = _NOT_OUR_NAME if is_elsewhere else gettext("The request could not be read.")
    return _response(request, 400, "bad_request", str(detail))


def forbidden(request: HttpRequest, exception: object = None) -> HttpResponse:
    return _response(request, 403, "forbidden", gettext("You may not do this."))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Explain how to recover from a form without its token; Django logs the reason."""
    detail = gettext(
        "This form was open for too long, or your browser keeps no cookies for this site. Nothing was changed."
    )
    if is_for_programs(request.path):
        return problem_http_response(request, 403, "csrf_failed", detail)
    return render(request, "403_csrf.html", {"detail": detail}, status=403)


def not_found(request: HttpRequest, exception: object = None) -> HttpResponse:
    return _response(request, 404, "not_found", gettext("There is nothing here, or nothing you may see."))


def too_many_requests(request: HttpRequest, exception: object = None) -> HttpResponse:
    """Say when to come back; a page's status and Retry-After are the middleware's."""
    return render(
        request, "429.html", {"detail": try_again_in(throttled_seconds(request) or RETRY_SECONDS)}, status=429
    )


def server_error(request: HttpRequest) -> HttpResponse:
    error = sys.exc_info()[1]
    if says_full(error) or isinstance(error, OperationalError | InterfaceError):
        return _unavailable(request, *reason_of(error))
    if isinstance(error, RedisUnavailableError):
        return _unavailable(request, "redis_unavailable", gettext("Redis is not responding. Try again shortly."))
    if isinstance(error, DomainError) and error.status == 503:
        return _unavailable(request, error.code, error.detail, error.retry_after_seconds or RETRY_SECONDS)
    return _response(
        request, 500, "internal_error", gettext("Something went wrong on our side. Nothing was changed by halves.")
    )


@cache
def unavailable_page(code: str, detail: str) -> bytes:
    """Return the error page for a request that failed before Django."""
    return render_to_string("503.html", {"detail": _VISITORS_DETAILS.get(code, detail)}).encode()


def _unavailable(request: HttpRequest, code: str, detail: str, seconds: int = RETRY_SECONDS) -> HttpResponse:
    response = _response(request, 503, code, detail)
    response["Retry-After"] = str(seconds)
    log_unavailable(request, response, code, sys.exc_info()[1])
    return response


def _response(request: HttpRequest, status: int, code: str, detail: str) -> HttpResponse:
    if is_for_programs(request.path):
        return problem_http_response(request, status, code, detail)
    template = f"{status}.html" if status in {400, 403, 404, 503} else "500.html"
    context = {"detail": _VISITORS_DETAILS.get(code, detail)}
    return render(request if status < 500 else None, template, context, status=status)
