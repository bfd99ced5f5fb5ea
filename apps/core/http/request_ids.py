"""A request id for every request: from a valid X-Request-ID, else generated; in logs, problems and the response."""

import re
from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponseBase

from apps.core.ids import new_hex

_sane = re.compile(r"[A-Za-z0-9_-]{8,64}\Z")


def choose_request_id(offered: str) -> str:
    return offered if _sane.match(offered) else new_hex()


class RequestIdMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request_id = choose_request_id(request.META.get("HTTP_X_REQUEST_ID", ""))
        request.META["laurel.request_id"] = request_id
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        response = self.get_response(request)
        response["X-Request-ID"] = request_id
        return response
