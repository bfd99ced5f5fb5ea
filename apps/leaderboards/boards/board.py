"""Which boards there are: a scope (a game, or the platform), a window, and perhaps a region."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from apps.core.ids import NIL
from apps.leaderboards.boards.windows import BEGINNING, closes_at, opened_on
from apps.leaderboards.models import Window
from apps.players.models import Region

# The scope of boards that count every game.
PLATFORM_ID = NIL


@dataclass(frozen=True, slots=True)
class Board:
    """One ranking. `region` None means everyone; several are one text, in order: "EU,NA"."""

    scope_id: UUID
    window: Window = Window.ALL
    opened_on: date = BEGINNING
    region: str | None = None

    @property
    def name(self) -> str:
        """The board's part of every Redis key."""
        return f"{self.scope_id.hex}:{self.window.value}:{self.opened_on:%Y%m%d}:{self.region or '-'}"

    @property
    def regions(self) -> tuple[str, ...]:
        return tuple(self.region.split(",")) if self.region else ()

    @property
    def is_union(self) -> bool:
        """Whether this board is put together from those of several regions."""
        return self.region is not None and "," in self.region

    @property
    def parts(self) -> list["Board"]:
        """The regional boards that this one is put together from."""
        return [Board(self.scope_id, self.window, self.opened_on, region) for region in self.regions]

    @property
    def closes_at(self) -> datetime | None:
        return closes_at(self.window, self.opened_on)


def board_of(name: str) -> Board:
    """Return the board with this name."""
    scope, window, opened, region = name.split(":")
    return Board(UUID(scope), Window(window), date.fromisoformat(opened), None if region == "-" else region)


def boards_with_pages(scope_id: UUID, moment: datetime) -> list[Board]:
    """Return every board of a scope whose first page may be kept: the open ones, of everywhere and of each region."""
    regions: list[str | None] = [None, *Region.values]
    return [current_board(scope_id, window, region, moment) for window in Window for region in regions]


def current_board(scope_id: UUID, window: Window, region: str | None, moment: datetime) -> Board:
    """Return the board that is open at the moment."""
    return Board(scope_id, window, opened_on(window, moment), region)
