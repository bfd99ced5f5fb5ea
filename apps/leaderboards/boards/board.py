"""The identity of a board: a scope (a game, or the platform), a window, optionally a region, and an order."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from apps.core.ids import NIL
from apps.leaderboards.boards.modes import Mode, game_of, mode_of
from apps.leaderboards.boards.windows import BEGINNING, closes_at, opened_on
from apps.leaderboards.kinds import ORDERS
from apps.leaderboards.kinds.order import Order
from apps.leaderboards.kinds.points import POINTS
from apps.leaderboards.models import Window
from apps.players.models import Region

# The scope of boards across all games.
PLATFORM_ID = NIL


@dataclass(frozen=True, slots=True)
class Board:
    """One ranking. `region` None means everyone; several are one text, sorted: "EU,NA"."""

    scope_id: UUID
    window: Window = Window.ALL
    opened_on: date = BEGINNING
    region: str | None = None
    order: Order = POINTS

    @property
    def name(self) -> str:
        """The board's name in Redis keys; an order other than by points is a prefix."""
        prefix = "" if self.order is POINTS else f"{self.order.key}/"
        opened = self.opened_on.isoformat().replace("-", "")
        return f"{prefix}{self.scope_id.hex}:{self.window.value}:{opened}:{self.region or '-'}"

    @property
    def game_id(self) -> UUID:
        """The board's game; the platform's id for the platform."""
        return game_of(self.scope_id)

    @property
    def mode(self) -> Mode:
        return mode_of(self.scope_id)

    @property
    def regions(self) -> tuple[str, ...]:
        return tuple(self.region.split(",")) if self.region else ()

    @property
    def is_union(self) -> bool:
        """Whether this board combines several regions."""
        return self.region is not None and "," in self.region

    @property
    def parts(self) -> list["Board"]:
        """The regional boards that this one combines."""
        return [replace(self, region=region) for region in self.regions]

    @property
    def closes_at(self) -> datetime | None:
        return closes_at(self.window, self.opened_on)


def board_of(name: str) -> Board | None:
    """Return the board with this name; None when its order has been retired."""
    scope, window, opened, region = name.split(":")
    key, _, scope = scope.rpartition("/")
    order = ORDERS.get(key or POINTS.key)
    if order is None:
        return None
    return Board(UUID(scope), Window(window), date.fromisoformat(opened), None if region == "-" else region, order)


def in_every_order(boards: Iterable[Board]) -> list[Board]:
    """Return the boards, each in every order."""
    return [replace(board, order=order) for board in boards for order in ORDERS.values()]


def boards_with_pages(scope_id: UUID, moment: datetime) -> list[Board]:
    """Return every board of a scope whose first page may be cached: the open ones, for everywhere and each region."""
    regions: list[str | None] = [None, *Region.values]
    return in_every_order(current_board(scope_id, window, region, moment) for window in Window for region in regions)


def current_board(scope_id: UUID, window: Window, region: str | None, moment: datetime) -> Board:
    """Return the board whose window is open at the moment."""
    return Board(scope_id, window, opened_on(window, moment), region)
