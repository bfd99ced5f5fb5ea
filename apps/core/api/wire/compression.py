"""Compresses the API's longer responses, apart from secrets."""

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django_http_compression.middleware import HttpCompressionMiddleware

COMPRESSED_FROM_BYTES = 1024


class ApiCompressionMiddleware(HttpCompressionMiddleware):
    """Skips short responses, and those flagged `is_secret`, which may reflect input (BREACH)."""

    def maybe_compress(self, request: HttpRequest, response: HttpResponseBase) -> None:
        if isinstance(response, HttpResponse) and len(response.content) < COMPRESSED_FROM_BYTES:
            return
        if not getattr(response, "is_secret", False):
            super().maybe_compress(request, response)
