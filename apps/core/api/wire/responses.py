"""JSON answers that are bytes from the start: DRF's Response renders through a template response, for 40 us more."""

from typing import Any

import orjson
from django.http import HttpResponse


def json_answer(body: Any, *, status: int = 200) -> HttpResponse:
    return HttpResponse(orjson.dumps(body, option=orjson.OPT_UTC_Z), status=status, content_type="application/json")
