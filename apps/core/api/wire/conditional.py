"""Cacheable responses: their ETags, and 304 while the caller's copy is current.

Here an ETag is strong; compression.py makes it weak for who takes compressed bodies, and sets Vary.
"""

from collections.abc import Callable

import orjson
from django.http import HttpRequest, HttpResponse
from django.utils.http import parse_etags
from rest_framework.request import Request

from apps.core.etags import etag_of

# DRF's, or Django's outside of DRF views.
AnyRequest = Request | HttpRequest
# Cacheable by anyone and revalidated each time: 304 while nothing has changed.
REVALIDATED = "public, max-age=0, must-revalidate"


def conditional(request: AnyRequest, body: bytes, *, cache_control: str, etag: str | None = None) -> HttpResponse:
    """Return a JSON body with its ETag, or 304 when the caller has it; `etag` if known already."""
    etag = etag or etag_of(body)
    return _response(None if _has(request, etag) else body, etag, cache_control)


def etag_response(request: Request, version: str, build: Callable[[], object], *, cache_control: str) -> HttpResponse:
    """Return what `build` makes, or 304 without building it when the caller has this version."""
    etag = etag_of(f"{version} {request.get_full_path()}".encode())
    body = None if _has(request, etag) else orjson.dumps(build(), option=orjson.OPT_UTC_Z)
    return _response(body, etag, cache_control)


def _has(request: AnyRequest, etag: str) -> bool:
    text = request.META.get("HTTP_IF_NONE_MATCH")
    if text is None:
        return False
    # Compared weakly (RFC 9110, 13.1.2): ETags of compressed responses come back as W/"...".
    return any(known in {etag, f"W/{etag}", "*"} for known in parse_etags(text))


def _response(body: bytes | None, etag: str, cache_control: str) -> HttpResponse:
    response = HttpResponse(status=304) if body is None else HttpResponse(body, content_type="application/json")
    if body is None:
        del response.headers["Content-Type"]
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = cache_control
    return response
