"""Laurel's own JSON of achievement definitions, version 1."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace

import orjson
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext, gettext_lazy

from apps.core.errors import Flaw
from apps.core.parsing.json_text import MalformedJSONError, pointer_to, read_json, repeated_flaws
from apps.core.parsing.names import normal, normal_text
from apps.core.parsing.sentences import unknown_member
from apps.core.parsing.values import MOMENT_EXAMPLE, read_moment
from apps.games.definitions.definition import SetDefinition
from apps.games.formats.documents import Document, DocumentItem, SetItem, StoreFormat, Written, refused

FORMAT = "laurel.achievements"
VERSION = 1
ACHIEVEMENTS_MAX = 2000
STATES = ("draft", "published", "archived")
KINDS = ("one_shot", "incremental")
SETTERS = ("server", "client")
SET_KINDS = ("base", "dlc", "bonus", "event", "retired")
SETS_MAX = 200
EXAMPLE = """\
{
  "format": "laurel.achievements",
  "version": 1,
  "sets": [
    {"key": "frozen-north", "title": "The Frozen North", "kind": "dlc"}
  ],
  "achievements": [
    {"key": "ACH_FIRST_LIGHT", "name": "First light", "points": 10},
    {
      "key": "ACH_LAMPLIGHTER",
      "name": "Lamplighter",
      "description": "Light 50 lamps.",
      "points": 25,
      "hidden": true,
      "kind": "incremental",
      "target": 50,
      "setter": "server",
      "set": "frozen-north",
      "state": "published"
    }
  ]
}"""


def read_document(data: bytes) -> Document:
    """Parse a document and collect every problem with its shape.

    Members that an achievement omits are omitted from its item: a new achievement gets their defaults, an existing one
    keeps its values.
    """
    try:
        body, repeated = read_json(data), repeated_flaws(data)
    except MalformedJSONError as error:
        return refused(error.code, error.detail)
    if not isinstance(body, dict):
        return refused("invalid", gettext('Expected an object with "format", "version" and "achievements".'))
    document = _Reader().read(body)
    return replace(document, problems=document.problems + tuple(repeated))


def write_document(game_slug: str, achievements: Iterable[Written], sets: Iterable[SetDefinition]) -> bytes:
    """Return the document of a game's sets, definitions and states."""
    body = {
        "format": FORMAT,
        "version": VERSION,
        "game": game_slug,
        "sets": [asdict(item) for item in sets],
        "achievements": [
            {name: getattr(definition, member.name) for name, member in MEMBERS.items() if name != "state"}
            | {"state": state}
            for definition, state in achievements
        ],
    }
    return orjson.dumps(body, option=orjson.OPT_UTC_Z)


def _recognises(data: bytes) -> bool:
    return FORMAT.encode() in data


@dataclass(frozen=True, slots=True)
class _Member:
    """A member of an achievement: its name in a definition, and the message for a value of the wrong type."""

    name: str
    accepts: Callable[[object], bool]
    expected: Promise
    is_required: bool = False


def _normalised(name: str, value: object) -> object:
    if name.endswith("_at"):
        return read_moment(value)
    if not isinstance(value, str):
        return value
    if name == "key":
        # Not normalised, which would make a K of the Kelvin sign.
        return value.strip()
    return normal_text(value) if name == "description" else normal(value)


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_whole_number(value: object) -> bool:
    # JSON's true and false are ints in Python.
    return isinstance(value, int) and not isinstance(value, bool)


def _is_time(value: object) -> bool:
    return value is None or read_moment(value) is not None


def _one_of(*choices: str) -> Callable[[object], bool]:
    return lambda value: isinstance(value, str) and value in choices


def _expected(choices: Iterable[str]) -> Promise:
    return format_lazy(gettext_lazy("Send one of {choices}."), choices=", ".join(choices))


MEMBERS: Mapping[str, _Member] = {
    "key": _Member("key", _is_text, gettext_lazy("Expected a text."), is_required=True),
    "name": _Member("name", _is_text, gettext_lazy("Expected a text."), is_required=True),
    "points": _Member("points", _is_whole_number, gettext_lazy("Expected a whole number."), is_required=True),
    "description": _Member("description", _is_text, gettext_lazy("Expected a text.")),
    "hidden": _Member("is_hidden", lambda value: isinstance(value, bool), gettext_lazy("Expected true or false.")),
    "kind": _Member("kind", _one_of(*KINDS), _expected(KINDS)),
    "target": _Member(
        "target",
        lambda value: value is None or _is_whole_number(value),
        gettext_lazy("Expected a whole number or null."),
    ),
    "setter": _Member("setter", _one_of(*SETTERS), _expected(SETTERS)),
    "set": _Member("set", _is_text, gettext_lazy("Expected a text.")),
    "state": _Member("state", _one_of(*STATES), _expected(STATES)),
}
_TIME = format_lazy(gettext_lazy("Send a time as RFC 3339 has it, such as {example}."), example=MOMENT_EXAMPLE)
SET_MEMBERS: Mapping[str, _Member] = {
    "key": _Member("key", _is_text, gettext_lazy("Expected a text."), is_required=True),
    "title": _Member("title", _is_text, gettext_lazy("Expected a text."), is_required=True),
    "kind": _Member("kind", _one_of(*SET_KINDS), _expected(SET_KINDS)),
    "opens_at": _Member("opens_at", _is_time, _TIME),
    "closes_at": _Member("closes_at", _is_time, _TIME),
}


@dataclass
class _Reader:
    problems: list[Flaw] = field(default_factory=list)

    def read(self, body: dict[str, object]) -> Document:
        self._refuse_unknown(body, {"format", "version", "game", "sets", "achievements"}, "")
        if body.get("format") != FORMAT:
            self._add("/format", "unsupported_format", gettext('Expected "{format}".').format(format=FORMAT))
        version = body.get("version")
        if not (_is_whole_number(version) and version == VERSION):
            self._add(
                "/version",
                "unsupported_version",
                gettext("Expected {version}, the one version there is.").format(version=VERSION),
            )
        game_slug = body.get("game")
        if game_slug is not None and not isinstance(game_slug, str):
            self._add("/game", "invalid", gettext("Expected the slug of a game, or leave it out."))
            game_slug = None
        sets = self._read_sets(body.get("sets", []))
        items = self._read_achievements(body.get("achievements"))
        return Document(items=items, problems=tuple(self.problems), game_slug=game_slug, sets=sets)

    def _read_sets(self, given: object) -> tuple[SetItem, ...]:
        if not isinstance(given, list) or len(given) > SETS_MAX:
            self._add(
                "/sets", "invalid", gettext("Expected a list of at most {maximum} sets.").format(maximum=SETS_MAX)
            )
            return ()
        items = []
        for index, item in enumerate(given):
            members, pointers = self._members(item, f"/sets/{index}", SET_MEMBERS)
            items.append(SetItem(f"/sets/{index}", members, pointers))
        return tuple(items)

    def _read_achievements(self, given: object) -> tuple[DocumentItem, ...]:
        if not isinstance(given, list):
            self._add("/achievements", "invalid", gettext("Expected a list of achievements."))
            return ()
        if len(given) > ACHIEVEMENTS_MAX:
            self._add(
                "/achievements",
                "too_many",
                gettext("{count:,} achievements; at most {maximum:,}.").format(
                    count=len(given), maximum=ACHIEVEMENTS_MAX
                ),
            )
            return ()
        return tuple(self._read_achievement(item, f"/achievements/{index}") for index, item in enumerate(given))

    def _read_achievement(self, given: object, pointer: str) -> DocumentItem:
        members, pointers = self._members(given, pointer, MEMBERS)
        state = members.pop("state", None)
        return DocumentItem(pointer, members, pointers, None if state is None else str(state))

    def _members(
        self, given: object, pointer: str, known: Mapping[str, _Member]
    ) -> tuple[dict[str, object], dict[str, str]]:
        """Return what an object gives of the known members, and the place of each of them."""
        if not isinstance(given, dict):
            self._add(pointer, "invalid", gettext("Expected an object."))
            return {}, {}
        self._refuse_unknown(given, set(known), pointer)
        members: dict[str, object] = {}
        for name, member in known.items():
            if name not in given:
                if member.is_required:
                    self._add(f"{pointer}/{name}", "required", gettext("This member is missing."))
            elif member.accepts(given[name]):
                members[member.name] = _normalised(name, given[name])
            else:
                self._add(f"{pointer}/{name}", "invalid", str(member.expected))
        return members, {member.name: f"{pointer}/{name}" for name, member in known.items()}

    def _refuse_unknown(self, given: dict[str, object], known: set[str], pointer: str) -> None:
        for name in given:
            if name not in known:
                self._add(pointer_to(pointer, name), "unknown_member", unknown_member(sorted(known)))

    def _add(self, pointer: str, code: str, detail: str) -> None:
        self.problems.append(Flaw(pointer, code, detail))


LAUREL = StoreFormat(
    name=gettext_lazy("Laurel's own JSON"),
    media_type="application/json",
    extension=".json",
    example=EXAMPLE,
    recognises=_recognises,
    read=read_document,
    write=write_document,
)
