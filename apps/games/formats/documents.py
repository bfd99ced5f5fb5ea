"""What every format is read into, before anything is compared with a game."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from apps.core.errors import Flaw


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
