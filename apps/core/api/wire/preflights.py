"""Requests of pages on other sites, by CORS; their preflights are answered like any OPTIONS."""

from typing import Any

from corsheaders.middleware import CorsMiddleware
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers

from apps.core.http.origins import is_origin_allowed
from apps.core.http.security import is_shared


def vary_by_origin(response: HttpResponseBase) -> None:
    """Have no shared cache hand to a page what lacks the headers that let it read."""
    if is_shared(response.get("Cache-Control", "")):
        patch_vary_headers(response, ("origin",))


class CrossOriginMiddleware(CorsMiddleware):
    """Passes preflights on to the view, which answers 204 and Allow, where the library sends 200 for any path."""

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if "HTTP_ORIGIN" in request.META:
            response: HttpResponseBase = super().__call__(request)  # type: ignore[assignment]
            return response
        # Nearly every call; the library would take 20 us of each.
        response = self.get_response(request)  # type: ignore[assignment]
        if request.path_info.startswith("/api/"):
            vary_by_origin(response)
        return response

    def origin_found_in_white_lists(self, origin: str, url: Any) -> bool:
        return is_origin_allowed(origin)

    def check_preflight(self, request: HttpRequest) -> None:
        return None
