"""What every format is read into, before anything is compared with a game, and what a format is."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from django.utils.functional import Promise

from apps.core.errors import Flaw
from apps.games.definitions.definition import AchievementDefinition

# Of a file; a body of the API has its own limit.
BYTES_MAX = 512 * 1024


@dataclass(frozen=True, slots=True)
class DocumentItem:
    """One achievement as given: only members that the document has and that are of the right type.

    `members` has AchievementDefinition's names; `pointers` leads from each of them (and from "state") to its place.
    """

    pointer: str
    members: Mapping[str, object]
    pointers: Mapping[str, str]
    state: str | None = None

    @property
    def key(self) -> str:
        return str(self.members.get("key", ""))


@dataclass(frozen=True, slots=True)
class Document:
    """A read document; one with problems is for showing them, never for applying."""

    items: tuple[DocumentItem, ...] = ()
    problems: tuple[Flaw, ...] = field(default=())
    # The game it says it is of, when it says so.
    game_slug: str | None = None


# A definition and its state.
Written = tuple[AchievementDefinition, str]


@dataclass(frozen=True, slots=True)
class StoreFormat:
    """A format of texts (UTF-8) that hold the achievements of a game."""

    # As people know it.
    name: Promise
    # How the API's callers send it and ask for it; several formats may share one.
    media_type: str
    # Of its files, with the dot.
    extension: str
    # Shown to people who ask what a file looks like.
    example: str
    # Whether a text claims to be of this format, right or wrong.
    recognises: Callable[[bytes], bool]
    # Reads a text and everything that is wrong with its shape; never raises for what is in it.
    read: Callable[[bytes], Document]
    # Writes the achievements of the game with a slug; reading that back changes nothing.
    write: Callable[[str, Iterable[Written]], bytes]


def refused(code: str, detail: str) -> Document:
    """Return what a text is read into that is no document at all."""
    return Document(problems=(Flaw("", code, detail),))
