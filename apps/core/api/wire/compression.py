"""Compresses the API's longer responses, apart from secrets; headers of one with an ETag follow from its request."""

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers
from django_http_compression.middleware import HttpCompressionMiddleware, best_coding

COMPRESSED_FROM_BYTES = 1024


class ApiCompressionMiddleware(HttpCompressionMiddleware):
    """Skips short responses, and those flagged `is_secret`, which may reflect input (BREACH)."""

    def maybe_compress(self, request: HttpRequest, response: HttpResponseBase) -> None:
        if "ETag" in response.headers:
            _set_cache_headers(request, response)
        if isinstance(response, HttpResponse) and len(response.content) < COMPRESSED_FROM_BYTES:
            return
        if not getattr(response, "is_secret", False):
            super().maybe_compress(request, response)


def compress(response: HttpResponse, accept_encoding: str) -> None:
    """Make a response as who accepts these codings gets it."""
    request = HttpRequest()
    request.META["HTTP_ACCEPT_ENCODING"] = accept_encoding
    _middleware.maybe_compress(request, response)


def _set_cache_headers(request: HttpRequest, response: HttpResponseBase) -> None:
    """Set Vary, and a weak ETag for who accepts a coding.

    Whether a body is long enough to be compressed plays no part: a 304, which has none, says what its 200 said
    (RFC 9110, 15.4.5).
    """
    patch_vary_headers(response, ("accept-encoding",))
    etag = response.headers["ETag"]
    if etag.startswith('"') and best_coding(request.META.get("HTTP_ACCEPT_ENCODING", "")) != "identity":
        response.headers["ETag"] = f"W/{etag}"


_middleware = ApiCompressionMiddleware(lambda _: HttpResponse())
