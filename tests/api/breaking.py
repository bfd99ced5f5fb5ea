"""`make lint`: no change of the API breaks callers of the last release unless CHANGELOG.md names the operation.

`--release` takes today's description as the released one; CHANGELOG.md then begins a new "Unreleased".
"""

import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.api.schema_diff import Direction, Finding, Place, Schema, findings

CHECKOUT = Path(__file__).resolve().parents[2]
DESCRIPTION = CHECKOUT / "clients/openapi.json"
RELEASED = Path(__file__).parent / "released.jsonl"
CHANGELOG = CHECKOUT / "CHANGELOG.md"
METHODS = ("get", "post", "put", "patch", "delete")
# What no caller depends on.
WORDS = frozenset({"description", "summary", "example", "examples", "tags"})
# Where the keys are names of ours, which may be any of those words.
NAMED = frozenset({"properties", "schemas", "paths"})


@dataclass(frozen=True, slots=True)
class Break:
    """What breaks the callers of one operation."""

    operation: str
    operation_id: str
    finding: Finding

    def __str__(self) -> str:
        return " ".join([self.operation, f"({self.operation_id}):", *self.finding.where.split(), self.finding.fact])

    def is_covered(self, changes: str) -> bool:
        """Return whether the lines name the operation, by path or id, or the component that breaks it."""
        names = [rf"`{name}\b" for name in (self.operation_id, *self.finding.components)]
        path = rf"{re.escape(_plain(self.operation))}(?![\w/{{])"
        return any(re.search(name, _plain(changes)) for name in [path, *names])


def breaks(old: Schema, new: Schema) -> list[Break]:
    """Return what breaks callers who know the document `old` under `new`."""
    return [
        Break(f"{method.upper()} {path}", operation["operationId"], finding)
        for path, item in old["paths"].items()
        for method, operation in item.items()
        if method in METHODS
        for finding in _of_operation(old, new, operation, new["paths"].get(path, {}).get(method))
    ]


def unreleased(changelog: str) -> str:
    """Return the lines below "Unreleased", up to the next heading of its kind."""
    found = re.search(r"^## Unreleased\n(.*?)(?=^## |\Z)", changelog, re.MULTILINE | re.DOTALL)
    return found[1] if found else ""


def _of_operation(old: Schema, new: Schema, was: Schema, now: Schema | None) -> Iterator[Finding]:
    if now is None:
        yield Finding("", "is gone")
        return
    sent, read = Place(old, new, Direction.SENT), Place(old, new, Direction.READ)
    for who in was["security"]:
        if who not in now["security"]:
            yield Finding("", f"can no longer be called with {', '.join(who) or 'nothing'}")
    yield from _parameters(sent, was.get("parameters", []), now.get("parameters", []))
    yield from _body(sent, was.get("requestBody", {}), now.get("requestBody", {}))
    for status, response in was["responses"].items():
        # A fault that no longer happens breaks nobody.
        if status in now["responses"]:
            yield from _contents(read.at(f" {status}"), response, now["responses"][status])
        elif status < "400":
            yield Finding(f" {status}", "is no longer answered")


def _parameters(place: Place, was: list[Schema], now: list[Schema]) -> Iterator[Finding]:
    before, after = ({(one["in"], one["name"]): one for one in parameters} for parameters in (was, now))
    for key in sorted(before.keys() | after.keys()):
        here, old, new = place.at(f" {key[0]} {key[1]}"), before.get(key), after.get(key)
        if new is None:
            yield here.found("is gone")
            continue
        if new.get("required") and not (old or {}).get("required"):
            yield here.found("is required now")
        if old is not None:
            yield from findings(here, old["schema"], new["schema"])


def _body(place: Place, was: Schema, now: Schema) -> Iterator[Finding]:
    if now.get("required") and not was.get("required"):
        yield place.at(" body").found("is required now")
    yield from _contents(place.at(" body"), was, now)


def _contents(place: Place, was: Schema, now: Schema) -> Iterator[Finding]:
    for media_type, content in was.get("content", {}).items():
        if media_type not in now.get("content", {}):
            yield place.found(f"is no longer {media_type}")
        else:
            yield from findings(place, content.get("schema", {}), now["content"][media_type].get("schema", {}))


def _plain(text: str) -> str:
    """Return text with the paths in it as people shorten them: without the prefix and without names in braces."""
    return re.sub(r"\{\w+\}", "{}", text.replace(" /api/v1/", " /"))


def essence(node: Any, *, is_named: bool = False) -> Any:
    """Return a description without its words."""
    if isinstance(node, list):
        return [essence(item) for item in node]
    if not isinstance(node, dict):
        return node
    return {
        key: essence(value, is_named=key in NAMED and not is_named)
        for key, value in node.items()
        if is_named or key not in WORDS
    }


def as_lines(document: Schema) -> str:
    """Return the essence of a document as JSON with a path or a component a line."""
    parts = {"paths": document["paths"], "schemas": document["components"]["schemas"]}
    return "\n".join(
        json.dumps({kind: {name: essence(part)}}, sort_keys=True, separators=(",", ":"))
        for kind, named in parts.items()
        for name, part in sorted(named.items())
    )


def from_lines(text: str) -> Schema:
    document: Schema = {"paths": {}, "schemas": {}}
    for line in text.splitlines():
        for kind, named in json.loads(line).items():
            document[kind].update(named)
    return {"paths": document["paths"], "components": {"schemas": document["schemas"]}}


def main(arguments: list[str]) -> int:
    today = json.loads(DESCRIPTION.read_text())
    if arguments == ["--release"]:
        RELEASED.write_text(f"{as_lines(today)}\n")
        return 0
    changes = unreleased(CHANGELOG.read_text())
    uncovered = [found for found in breaks(from_lines(RELEASED.read_text()), today) if not found.is_covered(changes)]
    for found in uncovered:
        sys.stdout.write(f"{found}\n")
    if uncovered:
        sys.stdout.write(
            f"{len(uncovered)} changes break callers of the last release. If they must be, say so below Unreleased in"
            " CHANGELOG.md, naming each operation (`GET /games/{game_id}` or `get_a_game`) or what they have in common"
            " (`Game`).\n"
        )
    return 1 if uncovered else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
