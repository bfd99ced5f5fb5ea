"""ETags of responses: 304 while the caller's copy is current, and changes only of what the caller has read.

Here an ETag is strong; compression.py makes it weak for who takes compressed bodies, and sets Vary.
"""

from collections.abc import Callable

import orjson
from django.http import HttpRequest, HttpResponse
from django.utils.http import parse_etags
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from apps.core.etags import etag_of, is_named
from apps.core.http import shareable

# DRF's, or Django's outside of DRF views.
AnyRequest = Request | HttpRequest
IF_MATCH = OpenApiParameter(
    "If-Match",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="The ETag of what you read, so that you change nothing that someone else has changed since.",
)
REVALIDATED = shareable.REVALIDATED
# By its reader alone.
PRIVATE = "private, max-age=0, must-revalidate"


def conditional(request: AnyRequest, body: bytes, *, cache_control: str, etag: str | None = None) -> HttpResponse:
    """Return a JSON body with its ETag, or 304 when the caller has it; `etag` if known already."""
    etag = etag or etag_of(body)
    return _response(None if _has(request, etag) else body, etag, cache_control)


def audience_headers(*, is_anonymous: bool) -> dict[str, str]:
    """Return who may keep what callers of each game, strangers and persons get differently, and how they differ."""
    return {"Cache-Control": REVALIDATED if is_anonymous else PRIVATE, "Vary": "Authorization, Cookie"}


def etag_response(request: Request, version: str, build: Callable[[], object], *, cache_control: str) -> HttpResponse:
    """Return what `build` makes, or 304 without building it when the caller has this version."""
    etag = etag_of(f"{version} {request.get_full_path()}".encode())
    body = None if _has(request, etag) else orjson.dumps(build(), option=orjson.OPT_UTC_Z)
    return _response(body, etag, cache_control)


def if_match(request: AnyRequest) -> frozenset[str] | None:
    """Return the ETags of which a change's subject must have one, None where the caller says nothing."""
    text = request.META.get("HTTP_IF_MATCH")
    if text is None:
        return None
    # RFC 9110 has weak ones match nothing; compression makes ours weak, so that a caller sends back what it got.
    return frozenset(known.removeprefix("W/") for known in parse_etags(text))


def _has(request: AnyRequest, etag: str) -> bool:
    text = request.META.get("HTTP_IF_NONE_MATCH")
    return text is not None and is_named(etag, text)


def _response(body: bytes | None, etag: str, cache_control: str) -> HttpResponse:
    response = HttpResponse(status=304) if body is None else HttpResponse(body, content_type="application/json")
    if body is None:
        del response.headers["Content-Type"]
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = cache_control
    return response
