"""The published OpenAPI document, generated once per process, as it changes only with the code."""

from functools import cache

import orjson
from django.http import HttpRequest, HttpResponse
from drf_spectacular.generators import SchemaGenerator

from apps.core.api.wire.conditional import conditional
from apps.core.api.wire.methods import read_only
from apps.core.etags import etag_of


@cache
def document() -> dict[str, object]:
    """Return the document as plain JSON values."""
    made = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return dict(orjson.loads(orjson.dumps(made, default=str)))


@cache
def _published() -> tuple[bytes, str]:
    body = orjson.dumps(document())
    return body, etag_of(body)


@read_only
def schema(request: HttpRequest) -> HttpResponse:
    """GET /api/v1/schema/"""
    body, etag = _published()
    return conditional(request, body, etag=etag, cache_control="public, max-age=300")
