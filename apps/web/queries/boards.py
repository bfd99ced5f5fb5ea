"""Reads for the leaderboard pages."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse

from apps.core.clock import now
from apps.games.models import Game
from apps.leaderboards.boards import PLATFORM_ID, Board, current_board
from apps.leaderboards.following import boards_followed_by, follows_board
from apps.leaderboards.models import Window
from apps.leaderboards.queries import BoardRow, PlayerSummary, page_of_board, place_of_player
from apps.players.models import Player, Region

PAGE_SIZE = 50
AROUND = 2
WINDOW_ORDER = list(Window)


@dataclass(frozen=True, slots=True)
class Row:
    """A board's row as a page shows it."""

    rank: int
    player: PlayerSummary
    points: int
    unlock_count: int
    reached_at: datetime
    is_viewer: bool


@dataclass(frozen=True, slots=True)
class Option:
    """A window or region one can switch to."""

    value: str
    label: str
    url: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class BoardHead:
    title: str
    scope: str
    scope_id: str
    window: str
    window_label: str
    region: str
    region_name: str
    opened_on: date | None
    closes_at: datetime | None


@dataclass(frozen=True, slots=True)
class BoardView:
    board: BoardHead
    rows: list[Row]
    viewer_row: Row | None
    around: list[Row]
    page: int
    pages: int
    total_players: int
    is_degraded: bool
    windows: list[Option]
    regions: list[Option]
    games: list[Option]
    previous_url: str
    next_url: str
    # Whether the viewer hears of who overtakes them here; None for who is no player.
    is_followed: bool | None


@dataclass(frozen=True, slots=True)
class FollowedBoard:
    """A board that a player follows."""

    title: str
    window_label: str
    url: str


def board_page(slug: str, *, window: str, region: str, page: int, viewer: Player | None) -> BoardView | None:
    """Return a page of a board, or None when there is no such game. Unknown windows and regions mean all."""
    scope = scope_of(slug)
    if scope is None:
        return None
    scope_id, title = scope
    chosen = Window(window) if window in Window.values else Window.ALL
    area = region if region in Region.values else ""
    board = current_board(scope_id, chosen, area or None, now())
    found = page_of_board(board, offset=(page - 1) * PAGE_SIZE, limit=PAGE_SIZE)
    pages = max(1, -(-found.total_players // PAGE_SIZE))
    rows = [_row(row, viewer) for row in found.rows]
    around = [] if viewer is None else _around(board, viewer)
    link = _Links(slug, chosen.value, area)
    return BoardView(
        board=_head(board, slug, title),
        rows=rows,
        viewer_row=next((row for row in around if row.is_viewer), None),
        around=around,
        page=page,
        pages=pages,
        total_players=found.total_players,
        is_degraded=found.is_degraded,
        windows=[
            Option(item.value, item.label, replace(link, window=item.value).url(), item == chosen) for item in Window
        ],
        regions=_regions(link, area),
        games=_games(link),
        previous_url=link.url(page=page - 1) if page > 1 else "",
        next_url=link.url(page=page + 1) if page < pages else "",
        is_followed=None if viewer is None else follows_board(player_id=viewer.id, scope_id=scope_id, window=chosen),
    )


def followed_boards(player: Player) -> list[FollowedBoard]:
    """Return the boards a player follows, those of all games first; games in hiding are left out. Two queries."""
    followed = boards_followed_by(player.id)
    games = Game.objects.filter(pk__in={scope_id for scope_id, _ in followed}, is_published=True)
    scopes = {PLATFORM_ID: ("global", "All games")} | {game.id: (game.slug, game.name) for game in games}
    shown = [(*scopes[scope_id], window) for scope_id, window in followed if scope_id in scopes]
    shown.sort(key=lambda item: (item[0] != "global", item[1], item[0], WINDOW_ORDER.index(item[2])))
    return [
        FollowedBoard(title, str(window.label), path_of_board(slug, window=window.value))
        for slug, title, window in shown
    ]


def path_of_board(slug: str, *, window: str, region: str = "") -> str:
    """Return the path of a board's page."""
    return _Links(slug, window, region).url()


@dataclass(frozen=True, slots=True)
class _Links:
    slug: str
    window: str
    region: str

    def url(self, *, page: int = 1) -> str:
        query = {
            "window": self.window if self.window != Window.ALL else "",
            "region": self.region,
            "page": str(page) if page > 1 else "",
        }
        chosen = urlencode({name: value for name, value in query.items() if value})
        path = reverse("web:board", args=[self.slug])
        return f"{path}?{chosen}" if chosen else path


def scope_of(slug: str) -> tuple[UUID, str] | None:
    """Return the id and title of a board's scope, None for no published game. One query at most."""
    if slug == "global":
        return PLATFORM_ID, "All games"
    return Game.objects.filter(slug=slug, is_published=True).values_list("id", "name").first()


def _head(board: Board, slug: str, title: str) -> BoardHead:
    return BoardHead(
        title=title,
        scope=slug,
        scope_id="global" if board.scope_id == PLATFORM_ID else str(board.scope_id),
        window=board.window.value,
        window_label=str(board.window.label),
        region=board.region or "",
        region_name=str(Region(board.region).label) if board.region else "Everywhere",
        opened_on=None if board.window == Window.ALL else board.opened_on,
        closes_at=board.closes_at,
    )


def _row(row: BoardRow, viewer: Player | None) -> Row:
    is_viewer = viewer is not None and row.player.id == viewer.id
    return Row(row.rank, row.player, row.points, row.unlock_count, row.reached_at, is_viewer)


def _around(board: Board, viewer: Player) -> list[Row]:
    place = place_of_player(board, viewer.id, reach=AROUND)
    return [] if place is None else [_row(row, viewer) for row in place.neighbours]


def _regions(link: _Links, area: str) -> list[Option]:
    everywhere = Option("", "Everywhere", replace(link, region="").url(), not area)
    return [
        everywhere,
        *(Option(item.value, item.label, replace(link, region=item.value).url(), item == area) for item in Region),
    ]


def _games(link: _Links) -> list[Option]:
    games = Game.objects.filter(is_published=True).order_by("name", "id").values_list("slug", "name")[:60]
    scopes = [("global", "All games"), *games]
    return [Option(slug, name, replace(link, slug=slug).url(), slug == link.slug) for slug, name in scopes]
