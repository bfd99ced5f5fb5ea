"""Answers to requests of the API that Django never sees."""

import orjson

from apps.core.api.problems import MEDIA_TYPE, RETRY_SECONDS, problem
from apps.core.asgi.answers import Finished
from apps.core.asgi.bodies import Scope
from apps.core.request_ids import choose_request_id
from apps.core.security import security_fields


def refusal(scope: Scope, status: int, code: str, detail: str) -> Finished:
    """Return problem details, with Retry-After where a later request may fare better."""
    offered = next((value.decode("latin-1") for name, value in scope["headers"] if name == b"x-request-id"), "")
    request_id = choose_request_id(offered)
    body = orjson.dumps(problem(request_id=request_id, path=scope["path"], status=status, code=code, detail=detail))
    headers = [
        (b"content-type", MEDIA_TYPE.encode()),
        (b"cache-control", b"no-store"),
        (b"x-request-id", request_id.encode()),
        (b"content-length", str(len(body)).encode()),
        *security_fields(scope),
    ]
    if status == 503:
        headers.append((b"retry-after", str(RETRY_SECONDS).encode()))
    return status, headers, body
