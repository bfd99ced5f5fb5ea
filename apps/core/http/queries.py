"""Queries of pages, read once before a page is found."""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase


class QueryMiddleware:
    """Refuses a query of more parameters than Django reads on every page alike, also on one that reads none.

    Later it would fail a second time in the page that says so.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        # Raises: TooManyFieldsSent, which Django answers with our page for 400.
        _ = request.GET
        return self.get_response(request)
