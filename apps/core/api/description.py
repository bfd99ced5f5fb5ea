"""The OpenAPI document as the server publishes it: made once a process, as it changes only with the code."""

from functools import cache
from hashlib import blake2b
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator


@cache
def document() -> dict[str, Any]:
    """Return the document as plain JSON values."""
    made = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return dict(orjson.loads(orjson.dumps(made, default=str)))


@cache
def _published() -> tuple[bytes, str]:
    body = orjson.dumps(document())
    return body, f'"{blake2b(body, digest_size=12).hexdigest()}"'


@require_safe
def schema(request: HttpRequest) -> HttpResponse:
    """GET /api/v1/schema/"""
    body, etag = _published()
    is_known = request.headers.get("If-None-Match") == etag
    answer = HttpResponse(b"" if is_known else body, status=304 if is_known else 200, content_type="application/json")
    answer["ETag"] = etag
    answer["Cache-Control"] = "public, max-age=300"
    return answer
