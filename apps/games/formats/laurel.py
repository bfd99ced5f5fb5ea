"""Laurel's own JSON of achievement definitions, version 1."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import orjson
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy

from apps.core.errors import Flaw
from apps.core.parsing import sentences
from apps.core.parsing.json_text import MalformedJSONError, pointer_to, read_json, repeated_flaws
from apps.core.parsing.names import normal, normal_text
from apps.core.parsing.sentences import Mistake, mistake, wrong_type
from apps.core.parsing.values import read_moment
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
        body = read_json(data)
        repeated = repeated_flaws(data, body)
    except MalformedJSONError as error:
        return refused(error.code, error.detail)
    if not isinstance(body, dict):
        return refused(*wrong_type(sentences.NOT_A_BODY))
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
    """A member: its name in a definition, what it accepts, and the sentence for a value of the wrong type."""

    name: str
    accepts: Callable[[object], bool]
    expected: Promise = sentences.NOT_TEXT
    choices: tuple[str, ...] = ()
    is_required: bool = False
    is_nullable: bool = False

    def mistake_in(self, given: Mapping[str, object], name: str) -> Mistake | None:
        value = given.get(name)
        if value is None:
            is_fine = self.is_nullable if name in given else not self.is_required
            return None if is_fine else mistake("null" if name in given else "required")
        if self.choices:
            return None if value in self.choices else sentences.one_of(self.choices)
        if self.accepts(value):
            return None
        # A text that is no time has the right type.
        is_text = self.accepts is _is_time and isinstance(value, str)
        return ("invalid", str(self.expected)) if is_text else wrong_type(self.expected)


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


def _is_list(value: object) -> bool:
    return isinstance(value, list)


def _is_time(value: object) -> bool:
    return read_moment(value) is not None


def _is_anything(value: object) -> bool:
    return True


def _is_whole_number(value: object) -> bool:
    # JSON's true and false are ints in Python.
    return isinstance(value, int) and not isinstance(value, bool)


MEMBERS: Mapping[str, _Member] = {
    "key": _Member("key", _is_text, is_required=True),
    "name": _Member("name", _is_text, is_required=True),
    "points": _Member("points", _is_whole_number, sentences.NOT_A_WHOLE_NUMBER, is_required=True),
    "description": _Member("description", _is_text),
    "hidden": _Member("is_hidden", lambda value: isinstance(value, bool), sentences.NOT_A_BOOLEAN),
    "kind": _Member("kind", _is_text, choices=KINDS),
    "target": _Member("target", _is_whole_number, sentences.NOT_A_WHOLE_NUMBER, is_nullable=True),
    "setter": _Member("setter", _is_text, choices=SETTERS),
    "set": _Member("set", _is_text),
    "state": _Member("state", _is_text, choices=STATES),
}
_HEAD: Mapping[str, _Member] = {
    "format": _Member("format", _is_anything, is_required=True),
    "version": _Member("version", _is_anything, is_required=True),
    "game": _Member("game", _is_text, is_nullable=True),
    "sets": _Member("sets", _is_list, sentences.NOT_A_LIST),
    "achievements": _Member("achievements", _is_list, sentences.NOT_A_LIST, is_required=True),
}
SET_MEMBERS: Mapping[str, _Member] = {
    "key": _Member("key", _is_text, is_required=True),
    "title": _Member("title", _is_text, is_required=True),
    "kind": _Member("kind", _is_text, choices=SET_KINDS),
    "opens_at": _Member("opens_at", _is_time, sentences.NOT_A_MOMENT, is_nullable=True),
    "closes_at": _Member("closes_at", _is_time, sentences.NOT_A_MOMENT, is_nullable=True),
}


@dataclass
class _Reader:
    problems: list[Flaw] = field(default_factory=list)

    def read(self, body: dict[str, object]) -> Document:
        head = self._right(body, _HEAD, "")
        if head.get("format", FORMAT) != FORMAT:
            self._add("/format", "unsupported_format", gettext('Expected "{format}".').format(format=FORMAT))
        version = head.get("version", VERSION)
        if not (_is_whole_number(version) and version == VERSION):
            self._add(
                "/version",
                "unsupported_version",
                gettext("Expected {version}, the one version there is.").format(version=VERSION),
            )
        sets = self._read_sets(head.get("sets", []))
        items = self._read_achievements(head.get("achievements", []))
        slug = head.get("game")
        game_slug = None if slug is None else str(slug)
        return Document(items=items, problems=tuple(self.problems), game_slug=game_slug, sets=sets)

    def _read_sets(self, given: Any) -> tuple[SetItem, ...]:
        if len(given) > SETS_MAX:
            detail = gettext("{count:,} sets; at most {maximum:,}.").format(count=len(given), maximum=SETS_MAX)
            self._add("/sets", "too_many", detail)
            return ()
        items = []
        for index, item in enumerate(given):
            members, pointers = self._members(item, f"/sets/{index}", SET_MEMBERS)
            items.append(SetItem(f"/sets/{index}", members, pointers))
        return tuple(items)

    def _read_achievements(self, given: Any) -> tuple[DocumentItem, ...]:
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
            self._add(pointer, *(mistake("null") if given is None else wrong_type(sentences.NOT_AN_OBJECT)))
            return {}, {}
        return self._right(given, known, pointer), {member.name: f"{pointer}/{name}" for name, member in known.items()}

    def _right(self, given: dict[str, object], known: Mapping[str, _Member], pointer: str) -> dict[str, object]:
        """Return the members that are right, by their names in a definition."""
        for name in (name for name in given if name not in known):
            self._add(pointer_to(pointer, name), *sentences.unknown_member(sorted(known)))
        right: dict[str, object] = {}
        for name, member in known.items():
            if found := member.mistake_in(given, name):
                self._add(f"{pointer}/{name}", *found)
            elif name in given:
                right[member.name] = _normalised(name, given[name])
        return right

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
