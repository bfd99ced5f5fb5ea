"""Responses to API requests that never reach Django."""

import orjson
from django.conf import settings

from apps.core.asgi.request_bodies import Scope
from apps.core.asgi.responses import Finished, Headers, own_fields
from apps.core.http.origins import was_origin_allowed
from apps.core.http.problems import MEDIA_TYPE, RETRY_SECONDS, problem
from apps.core.http.request_ids import choose_request_id


def _cross_origin_fields(scope: Scope) -> Headers:
    """Return the CORS headers that let permitted pages read the refusal, as Django's responses have them."""
    origin = next((value for name, value in scope["headers"] if name == b"origin"), b"")
    if not origin or not scope["path"].startswith("/api/") or not was_origin_allowed(origin.decode("latin-1")):
        return []
    exposed = ", ".join(settings.CORS_EXPOSE_HEADERS).encode()
    return [
        (b"access-control-allow-origin", origin),
        (b"access-control-expose-headers", exposed),
        (b"vary", b"origin"),
    ]


def refusal(scope: Scope, status: int, code: str, detail: str) -> Finished:
    """Return problem details, with Retry-After where a retry may succeed."""
    offered = next((value.decode("latin-1") for name, value in scope["headers"] if name == b"x-request-id"), "")
    request_id = choose_request_id(offered)
    body = orjson.dumps(problem(request_id=request_id, path=scope["path"], status=status, code=code, detail=detail))
    headers = [*own_fields(scope, request_id, MEDIA_TYPE, body), *_cross_origin_fields(scope)]
    if status == 503:
        headers.append((b"retry-after", str(RETRY_SECONDS).encode()))
    return status, headers, body
