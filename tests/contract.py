"""The API's description of itself, and whether a response keeps to it."""

import re
from functools import cache
from typing import Any

import jsonschema
import orjson
from django.urls import Resolver404, resolve

from apps.core.api.openapi.document import document
from apps.core.api.openapi.operations import PROBLEM

# Below /api/v1/ and no operations of the API.
UNDESCRIBED = frozenset({"ping", "schema/"})


_FORMATS = jsonschema.FormatChecker(formats=())


@_FORMATS.checks("date-time")
def _is_in_utc(value: object) -> bool:
    return not isinstance(value, str) or value.endswith("Z")


def check_response(method: str, response: Any) -> None:
    """Assert that a response of the API is one that its operation describes."""
    try:
        match = resolve(response.request["PATH_INFO"])
    except Resolver404:
        return
    if match.route.removeprefix("api/v1/") in UNDESCRIBED:
        return
    if method == "OPTIONS":
        assert (response.status_code, response.content) == (204, b"")
        return
    operation = _operation(f"/{_plain(match.route)}", method)
    if operation is None:
        assert response.status_code in {405, 404}, f"{method} {match.route} is not described"
        return
    responses = operation["responses"]
    assert str(response.status_code) in responses, f"{method} {match.route} answers {response.status_code}: undescribed"
    content = responses[str(response.status_code)].get("content", {})
    media_type = response.headers.get("Content-Type", "").partition(";")[0]
    if not content or response.status_code == 304:
        assert response.content == b"" or not content, response.content
        return
    assert media_type in content, f"{method} {match.route} answers {media_type}"
    if media_type in {PROBLEM, "application/json"}:
        _validator(method, match.route, str(response.status_code), media_type).validate(orjson.loads(response.content))


def _operation(path: str, method: str) -> dict[str, Any] | None:
    paths = document()["paths"]
    # An achievement's key may be the word with which another route ends.
    described = (paths.get(known, {}).get(method.lower()) for known in (path, path.replace("/order", "/{achievement}")))
    return next((dict(found) for found in described if found is not None), None)


@cache
def _validator(method: str, route: str, status: str, media_type: str) -> Any:
    operation = _operation(f"/{_plain(route)}", method) or {}
    schema = operation["responses"][status]["content"][media_type]["schema"]
    described = {**schema, "components": document()["components"]}
    return jsonschema.Draft202012Validator(described, format_checker=_FORMATS)


def _plain(route: str) -> str:
    """Return a Django route in OpenAPI's notation: <uuid:game_id> as {game_id}."""
    return re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", route)
