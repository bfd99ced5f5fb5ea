"""The common result of reading any format, before comparison with a game, and the definition of a format."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from django.utils.functional import Promise

from apps.core.errors import Flaw
from apps.games.definitions.definition import AchievementDefinition, SetDefinition

# For files; API bodies have a limit of their own.
BYTES_MAX = 512 * 1024


@dataclass(frozen=True, slots=True)
class DocumentItem:
    """One achievement as given: only members that are present and of the right type.

    `members` uses AchievementDefinition's names; `pointers` maps each of them (and "state") to its place in the text.
    """

    pointer: str
    members: Mapping[str, object]
    pointers: Mapping[str, str]
    state: str | None = None

    @property
    def key(self) -> str:
        return str(self.members.get("key", ""))


@dataclass(frozen=True, slots=True)
class SetItem:
    """One set as given; `members` uses SetDefinition's names, as DocumentItem's do AchievementDefinition's."""

    pointer: str
    members: Mapping[str, object]
    pointers: Mapping[str, str]

    @property
    def key(self) -> str:
        return str(self.members.get("key", ""))


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed document; one with problems can be shown, never applied."""

    items: tuple[DocumentItem, ...] = ()
    problems: tuple[Flaw, ...] = field(default=())
    # The game that the document names, if any.
    game_slug: str | None = None
    # Sets to create and change; what a document doesn't name stays.
    sets: tuple[SetItem, ...] = ()


# A definition and its state.
Written = tuple[AchievementDefinition, str]


@dataclass(frozen=True, slots=True)
class StoreFormat:
    """A text format (UTF-8) for the achievements of a game."""

    # Display name.
    name: Promise
    # For Content-Type and Accept; several formats may share one.
    media_type: str
    # File extension, with the dot.
    extension: str
    # An example for documentation.
    example: str
    # Whether a text claims to be of this format, valid or not.
    recognises: Callable[[bytes], bool]
    # Parses a text and collects every problem with its shape; never raises for its content.
    read: Callable[[bytes], Document]
    # Writes the achievements of the game with this slug, and its sets where the format knows any; importing the result
    # changes nothing but, without sets, which set new achievements are in.
    write: Callable[[str, Iterable[Written], Iterable[SetDefinition]], bytes]


def refused(code: str, detail: str) -> Document:
    """Return the Document for a text that can't be parsed at all."""
    return Document(problems=(Flaw("", code, detail),))
