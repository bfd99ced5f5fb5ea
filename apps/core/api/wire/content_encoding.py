"""Compressed request bodies: gzip is decoded within the path's limit, anything else is refused."""

import zlib
from collections.abc import Callable
from io import BytesIO

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext, gettext_noop

from apps.core.api.wire.parsers import BodyTooLargeError
from apps.core.errors import DomainError, InvalidError
from apps.core.http.problems import problem_http_response

_GZIP = 16 + zlib.MAX_WBITS


class UnsupportedContentEncodingError(DomainError):
    code = "unsupported_content_encoding"
    status = 415
    detail = gettext_noop("Send the body as it is, or with Content-Encoding: gzip.")


class MalformedBodyError(InvalidError):
    code = "malformed_body"
    detail = gettext_noop("The body is not whole gzip, as its Content-Encoding says.")


class ContentEncodingMiddleware:
    """Gives views the decoded body. Costs one look-up without Content-Encoding, the usual case."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        encoding = request.META.get("HTTP_CONTENT_ENCODING", "").strip().lower()
        if encoding in {"", "identity"}:
            return self.get_response(request)
        try:
            self._decode(request, encoding)
        except DomainError as refusal:
            return _refuse(request, refusal)
        return self.get_response(request)

    @staticmethod
    def _decode(request: HttpRequest, encoding: str) -> None:
        if encoding not in {"gzip", "x-gzip"}:
            raise UnsupportedContentEncodingError
        body = gunzip(request.read(), bytes_max=settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
        request.META["CONTENT_LENGTH"] = str(len(body))
        del request.META["HTTP_CONTENT_ENCODING"]
        # As WSGIRequest sets them; a request's body can't be set otherwise.
        request._stream, request._read_started = BytesIO(body), False  # type: ignore[attr-defined] # noqa: SLF001


def gunzip(data: bytes, *, bytes_max: int) -> bytes:
    """Return the decompressed data, never producing more than `bytes_max` of it.

    Raises: BodyTooLargeError, MalformedBodyError.
    """
    parts, left = [], bytes_max
    try:
        while data:
            decoder = zlib.decompressobj(_GZIP)
            parts.append(decoder.decompress(data, left + 1))
            left -= len(parts[-1])
            if left < 0:
                raise BodyTooLargeError(
                    gettext("The body is over {maximum:,} bytes when decoded. Send less at once.").format(
                        maximum=bytes_max
                    )
                )
            if not decoder.eof:
                raise MalformedBodyError
            data = decoder.unused_data
    except zlib.error:
        raise MalformedBodyError from None
    return b"".join(parts)


def _refuse(request: HttpRequest, refusal: DomainError) -> HttpResponse:
    response = problem_http_response(request, refusal.status, refusal.code, refusal.detail)
    if refusal.status == 415:
        # RFC 7694: the encodings accepted.
        response["Accept-Encoding"] = "gzip"
    return response
