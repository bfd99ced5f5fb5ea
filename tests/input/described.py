"""What the API's description says may be sent: the members of bodies, and the parameters of addresses."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from apps.core.api.openapi.document import document

Schema = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Member:
    """A member of a request's body; `pointer` leads to it, through the first item of each list."""

    method: str
    path: str
    pointer: str
    types: tuple[str, ...]
    format: str

    def __str__(self) -> str:
        return f"{self.method} {self.path} {self.pointer}"


def operations() -> Iterator[tuple[str, str, Schema]]:
    """Return method, path below /api/v1/ and description of every operation."""
    for path, methods in document()["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path.removeprefix("/api/v1/"), operation


def body_members() -> list[Member]:
    """Return every member of every JSON body, once each."""
    found: dict[Member, None] = {}
    for method, path, operation in operations():
        for content in operation.get("requestBody", {}).get("content", {}).values():
            for pointer, schema in _members(content["schema"], ""):
                types = schema.get("type", [])
                types = tuple(types) if isinstance(types, list) else (types,)
                found[Member(method, path, pointer, types, schema.get("format", ""))] = None
    return list(found)


def _members(schema: Schema, pointer: str) -> Iterator[tuple[str, Schema]]:
    schema = _resolved(schema)
    for kind in ("allOf", "oneOf", "anyOf"):
        for part in schema.get(kind, ()):
            yield from _members(part, pointer)
    for name, member in schema.get("properties", {}).items():
        yield f"{pointer}/{name}", _resolved(member)
        yield from _members(member, f"{pointer}/{name}")
    if "items" in schema:
        yield from _members(schema["items"], f"{pointer}/0")


def _resolved(schema: Schema) -> Schema:
    while "$ref" in schema:
        schema = document()["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return schema
