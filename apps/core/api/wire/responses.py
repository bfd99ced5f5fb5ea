"""JSON responses from finished bytes: DRF's Response renders through a template response, for 40 us more."""

import orjson
from django.http import HttpResponse


def to_json(body: object) -> bytes:
    """Return the JSON of a response; times end in Z."""
    return orjson.dumps(body, option=orjson.OPT_UTC_Z)


def json_response(body: object, *, status: int = 200) -> HttpResponse:
    return HttpResponse(to_json(body), status=status, content_type="application/json")


def bytes_response(body: bytes) -> HttpResponse:
    """Return JSON that is finished already."""
    return HttpResponse(body, content_type="application/json")


class SecretResponse(HttpResponse):
    """JSON with a secret: never compressed, as its length would reveal it (BREACH)."""

    is_secret = True

    def __init__(self, body: object, *, status: int = 200) -> None:
        super().__init__(to_json(body), status=status, content_type="application/json")
