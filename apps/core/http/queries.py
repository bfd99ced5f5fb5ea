"""Checks query strings before routing."""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase


class QueryMiddleware:
    """Refuses queries with more parameters than Django parses, on every page, even one that reads none.

    Later it would fail again in the error page.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        # Raises: TooManyFieldsSent, for which Django shows our 400 page.
        _ = request.GET
        return self.get_response(request)
