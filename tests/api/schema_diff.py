"""How one JSON Schema of the API's description breaks callers of an earlier one."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any

Schema = dict[str, Any]
# A document refers to itself by paths, all of this one kind.
COMPONENT = "#/components/schemas/"
LOWEST = ("minLength", "minItems", "minimum")
HIGHEST = ("maxLength", "maxItems", "maximum")
# Patterns, and those that take all that each takes.
WIDER = {
    "^[A-Z][A-Z0-9_]{2,59}$": (
        r"^(?![0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$)(?!\.+$)[A-Za-z0-9_.-]{1,64}$",
    ),
}
# A list of some of these for one value: what suits one of them suits the whole.
CHOICES = ("oneOf", "anyOf")


class Direction(Enum):
    """Which way a value goes: what callers send must still be accepted, what they read must still be returned."""

    SENT = "sent"
    READ = "read"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that breaks callers, where it is, and the components on the way there."""

    where: str
    fact: str
    components: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Place:
    """Where in two documents a comparison has come to."""

    old: Schema
    new: Schema
    direction: Direction
    where: str = ""
    components: frozenset[str] = frozenset()
    seen: frozenset[tuple[str, str]] = field(default=frozenset())

    def found(self, fact: str) -> Finding:
        return Finding(self.where, fact, self.components)

    def at(self, step: str) -> "Place":
        return replace(self, where=f"{self.where}{step}")


def findings(place: Place, old: Schema, new: Schema) -> Iterator[Finding]:
    """Yield what callers of `old` can no longer send, or can no longer rely on reading, under `new`."""
    names = (_reference(old), _reference(new))
    if names in place.seen:
        return
    if any(names):
        place = replace(place, components=place.components | set(filter(None, names)), seen=place.seen | {names})
    old, new = _resolved(place.old, old), _resolved(place.new, new)
    if _alternatives(old) or _alternatives(new):
        yield from _changed_alternatives(place, old, new)
        return
    yield from _changed_values(place, old, new)
    yield from _changed_bounds(place, old, new)
    yield from _changed_members(place, old, new)
    if "items" in old and "items" in new:
        yield from findings(place.at("[]"), old["items"], new["items"])


def _changed_alternatives(place: Place, old: Schema, new: Schema) -> Iterator[Finding]:
    """Each of the old ones is still taken, or each of the new ones was read before."""
    olds, news = _alternatives(old) or [old], _alternatives(new) or [new]
    is_sent = place.direction is Direction.SENT
    for one in olds if is_sent else news:
        pairs = [(one, other) for other in news] if is_sent else [(other, one) for other in olds]
        tried = [list(findings(place, *pair)) for pair in pairs]
        if len(olds) == len(news) == 1:
            yield from tried[0]
        elif all(tried):
            yield place.found(f"{_words(one)} is {'no longer taken' if is_sent else 'new among what is read'}")


def _changed_values(place: Place, old: Schema, new: Schema) -> Iterator[Finding]:
    is_sent = place.direction is Direction.SENT
    before, after = _types(old), _types(new)
    if not (_fits(before, after) if is_sent else _fits(after, before)):
        yield place.found(f"was {_list(before)} and is {_list(after)}")
    # Answers may have new values: clients leave alone what they don't know.
    if is_sent and not _fits(_values(old), _values(new)):
        yield place.found(f"was {_list(_values(old))} and is only {_list(_values(new))}")
    for word in ("format", "pattern"):
        is_wider = is_sent and new.get(word) in WIDER.get(old.get(word), ())
        if old.get(word) != new.get(word) and (word in new or not is_sent) and not is_wider:
            yield place.found(f"has the {word} {new.get(word)}, had {old.get(word)}")


def _changed_bounds(place: Place, old: Schema, new: Schema) -> Iterator[Finding]:
    """Responses may have less than before; requests must be accepted as before."""
    if place.direction is Direction.READ:
        return
    for words, is_narrower in ((LOWEST, lambda old, new: new > old), (HIGHEST, lambda old, new: new < old)):
        for word in words:
            if word in new and (word not in old or is_narrower(old[word], new[word])):
                yield place.found(f"has the {word} {new[word]}, had {old.get(word)}")


def _changed_members(place: Place, old: Schema, new: Schema) -> Iterator[Finding]:
    members, now = old.get("properties", {}), new.get("properties", {})
    for name in sorted(members.keys() - now.keys()):
        yield place.at(f".{name}").found("is gone")
    first, second = set(old.get("required", ())), set(new.get("required", ()))
    for name in sorted((second - first) if place.direction is Direction.SENT else (first & now.keys()) - second):
        yield place.at(f".{name}").found(
            "is required now" if place.direction is Direction.SENT else "is not always there any more"
        )
    for name in sorted(members.keys() & now.keys()):
        yield from findings(place.at(f".{name}"), members[name], now[name])


def _resolved(document: Schema, schema: Schema) -> Schema:
    """Follow references, also the one that allOf is written for when words stand beside it."""
    if name := _reference(schema):
        return _resolved(document, document["components"]["schemas"][name])
    return schema


def _reference(schema: Schema) -> str:
    if len(schema.get("allOf", ())) == 1:
        return _reference(schema["allOf"][0])
    return str(schema.get("$ref", "")).removeprefix(COMPONENT)


def _alternatives(schema: Schema) -> list[Schema]:
    return next((schema[word] for word in CHOICES if word in schema), [])


def _types(schema: Schema) -> set[str]:
    """Return the JSON types a value may have: whole numbers are numbers, and nothing said is anything."""
    types = schema.get("type", [])
    named = set(types if isinstance(types, list) else [types])
    return named | {"integer"} if "number" in named else named


def _values(schema: Schema) -> set[Any]:
    return {schema["const"]} if "const" in schema else set(schema.get("enum", ()))


def _fits(given: set[Any], taken: set[Any]) -> bool:
    """Return whether all that may be given is accepted; an empty set stands for anything."""
    return not taken or (bool(given) and given <= taken)


def _words(schema: Schema) -> str:
    return _reference(schema) or str({key: schema[key] for key in ("const", "enum", "format", "type") if key in schema})


def _list(values: set[Any]) -> str:
    return " or ".join(sorted(map(str, values))) or "anything"
