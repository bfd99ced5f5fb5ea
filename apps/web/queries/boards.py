"""Reads for the leaderboard pages."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from django.http import QueryDict
from django.utils.translation import gettext

from apps.core.clock import now
from apps.core.database.composed import Tuples, composed
from apps.core.parsing.values import read_count
from apps.games.models import Game
from apps.games.queries import games_open_to, listed_games
from apps.leaderboards.board_rows import BoardRow, PlayerSummary
from apps.leaderboards.boards.board import PLATFORM_ID, Board, current_board
from apps.leaderboards.boards.links import BoardLink
from apps.leaderboards.boards.modes import Mode, game_of, mode_of, scope_of
from apps.leaderboards.models import Window
from apps.leaderboards.places import rank_of_player
from apps.leaderboards.queries import page_of_board
from apps.leaderboards.rivalry.board_follows import boards_followed_by, follows_board
from apps.leaderboards.sorted_sets.multi_region import HEAD_RANKS
from apps.players.models import Player, Region
from apps.players.queries import as_viewer

PAGE_SIZE, PAGE_MAX = 50, 1_000_000
AROUND = 2
WINDOW_ORDER = list(Window)


@dataclass(frozen=True, slots=True)
class Row:
    """A board's row on a page; `player` is None where the viewer may not see them."""

    rank: int
    player: PlayerSummary | None
    points: int
    unlock_count: int
    reached_at: datetime
    is_viewer: bool


@dataclass(frozen=True, slots=True)
class BoardOption:
    """A mode, window or region to switch to."""

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
    mode: str
    opened_on: date | None
    closes_at: datetime | None
    # Unpublished games show only to their studio.
    is_published: bool


@dataclass(frozen=True, slots=True)
class ShownBoard:
    board: BoardHead
    rows: list[Row]
    viewer_row: Row | None
    around: list[Row]
    page: int
    pages: int
    total_players: int
    is_degraded: bool
    # Empty where the game has no modes.
    modes: list[BoardOption]
    windows: list[BoardOption]
    regions: list[BoardOption]
    games: list[BoardOption]
    # The canonical path: only parameters that select the board.
    url: str
    previous_url: str
    next_url: str
    # The first page; and the same board for all time or everywhere, unless that is this one.
    top_url: str
    all_time_url: str
    everywhere_url: str
    # Whether the viewer follows the board; None without a player.
    is_followed: bool | None


@dataclass(frozen=True, slots=True)
class BoardScope:
    """The scope of a board: a game in a mode, or all games."""

    id: UUID
    title: str
    is_published: bool
    has_modes: bool = False


@dataclass(frozen=True, slots=True)
class FollowedBoard:
    """A board that a player follows."""

    title: str
    window_label: str
    url: str


def read_link(slug: str, query: QueryDict) -> BoardLink:
    """Return the board's page that a query chooses; what it says and we don't know is ignored."""
    number, window = read_count(query.get("page", "")), query.get("window", "")
    return BoardLink(
        slug,
        window if window in Window.values else Window.ALL.value,
        read_regions(query.getlist("region")),
        min(number or 1, PAGE_MAX),
        read_mode(query.get("mode", "")),
    )


def read_regions(texts: Iterable[str]) -> str:
    """Return the regions that parameters name, joined as in the API; empty for everywhere. Unknown ones are ignored."""
    regions = sorted({*",".join(texts).split(",")} & {*Region.values})
    return ",".join(regions) if len(regions) < len(Region.values) else ""


def read_mode(text: str) -> str:
    """Return the mode that a parameter names; an unknown one is ignored."""
    return text if text in Mode.values else Mode.CASUAL.value


def board_page(link: BoardLink, viewer: Player | None, account_id: UUID | None = None) -> ShownBoard | None:
    """Return the page that a link leads to, or None when there is no such game, or none with this mode."""
    scope = scope_of_page(link.slug, account_id, link.mode)
    if scope is None:
        return None
    chosen, region, page = Window(link.window), link.region, link.page
    board = current_board(scope.id, chosen, region or None, now())
    found = page_of_board(board, offset=(page - 1) * PAGE_SIZE, limit=PAGE_SIZE, viewer=as_viewer(viewer))
    pages = _page_count(min(found.total_players, HEAD_RANKS) if board.is_union else found.total_players)
    around = [] if viewer is None else _around(board, viewer)
    link = replace(link, page=1)
    return ShownBoard(
        board=_head(board, link.slug, scope),
        rows=[_row(row, viewer) for row in found.rows],
        viewer_row=next((row for row in around if row.is_viewer), None),
        around=around,
        page=page,
        pages=pages,
        total_players=found.total_players,
        is_degraded=found.is_degraded,
        modes=_modes(link) if scope.has_modes else [],
        windows=_windows(link, chosen),
        regions=_regions(link, region),
        games=_games(link),
        url=replace(link, page=page).path,
        previous_url=replace(link, page=min(page - 1, pages)).path if page > 1 else "",
        next_url=replace(link, page=page + 1).path if page < pages else "",
        top_url=link.path,
        all_time_url="" if chosen == Window.ALL else replace(link, window=Window.ALL.value).path,
        everywhere_url=replace(link, region="").path if region else "",
        is_followed=None if viewer is None else follows_board(player_id=viewer.id, scope_id=scope.id, window=chosen),
    )


def followed_boards(player: Player) -> list[FollowedBoard]:
    """Return the boards a player follows, those of all games first; games in hiding are left out. Two queries."""
    followed = boards_followed_by(player.id)
    games = Game.objects.filter(pk__in={game_of(scope_id) for scope_id, _ in followed}, is_published=True)
    scopes = {PLATFORM_ID: ("global", gettext("All games"))}
    for game in games:
        modes = Mode if game.has_modes else (Mode.CASUAL,)
        scopes |= {scope_of(game.id, mode): (game.slug, game.name) for mode in modes}
    shown = [(*scopes[scope_id], mode_of(scope_id), window) for scope_id, window in followed if scope_id in scopes]
    shown.sort(key=lambda item: (item[0] != "global", item[1], item[0], item[2], WINDOW_ORDER.index(item[3])))
    return [
        FollowedBoard(title, _window_label(window, mode), BoardLink(slug, window.value, mode=mode.value).path)
        for slug, title, mode, window in shown
    ]


_SCOPE = ("id", "name", "is_published", "has_modes")


@composed
def _anyones(slug: str) -> Tuples:
    return games_open_to(None).filter(slug=slug).values_list(*_SCOPE)


@composed
def _open(slug: str, account_id: UUID) -> Tuples:
    return games_open_to(account_id).filter(slug=slug).values_list(*_SCOPE)


def scope_of_page(slug: str, account_id: UUID | None, mode: str = Mode.CASUAL.value) -> BoardScope | None:
    """Return the scope of a board's page; None where the account, or anyone, may see no such game's. One query.

    In hardcore also where the game has no modes, as the platform has none.
    """
    if slug == "global":
        return None if mode == Mode.HARDCORE else BoardScope(PLATFORM_ID, gettext("All games"), is_published=True)
    game = _anyones.first(slug=slug) if account_id is None else _open.first(slug=slug, account_id=account_id)
    if game is None or (mode == Mode.HARDCORE and not game[3]):
        return None
    return BoardScope(scope_of(game[0], Mode(mode)), *game[1:])


def _head(board: Board, slug: str, scope: BoardScope) -> BoardHead:
    return BoardHead(
        title=scope.title,
        scope=slug,
        scope_id="global" if board.scope_id == PLATFORM_ID else str(board.game_id),
        window=board.window.value,
        window_label=str(board.window.label),
        region=board.region or "",
        region_name=" and ".join(str(Region(region).label) for region in board.regions) or gettext("Everywhere"),
        mode=board.mode.value,
        opened_on=None if board.window == Window.ALL else board.opened_on,
        closes_at=board.closes_at,
        is_published=scope.is_published,
    )


def _row(row: BoardRow, viewer: Player | None) -> Row:
    is_viewer = viewer is not None and row.player_id == viewer.id
    return Row(row.rank, row.player, row.points, row.unlock_count, row.reached_at, is_viewer)


def _around(board: Board, viewer: Player) -> list[Row]:
    player_rank = rank_of_player(board, viewer.id, reach=AROUND, viewer=as_viewer(viewer))
    return [] if player_rank is None else [_row(row, viewer) for row in player_rank.neighbours]


def _page_count(players: int) -> int:
    return max(1, -(-players // PAGE_SIZE))


def _window_label(window: Window, mode: Mode) -> str:
    label = str(window.label)
    return gettext("{window}, hardcore").format(window=label) if mode == Mode.HARDCORE else label


def _modes(link: BoardLink) -> list[BoardOption]:
    return [
        BoardOption(mode.value, str(mode.label), replace(link, mode=mode.value).path, mode == link.mode)
        for mode in Mode
    ]


def _windows(link: BoardLink, chosen: Window) -> list[BoardOption]:
    return [
        BoardOption(item.value, str(item.label), replace(link, window=item.value).path, item == chosen)
        for item in Window
    ]


def _regions(link: BoardLink, area: str) -> list[BoardOption]:
    everywhere = BoardOption("", gettext("Everywhere"), replace(link, region="").path, not area)
    return [
        everywhere,
        *(
            BoardOption(item.value, str(item.label), replace(link, region=item.value).path, item == area)
            for item in Region
        ),
    ]


@composed
def _listed() -> Tuples:
    return listed_games().order_by("name", "id").values_list("slug", "name", "has_modes")[:60]


def _games(link: BoardLink) -> list[BoardOption]:
    """Return the games to switch to, in the same mode where they have it."""
    scopes = [("global", gettext("All games"), False), *_listed.rows()]
    casual = replace(link, mode=Mode.CASUAL.value)
    return [
        BoardOption(slug, name, replace(link if has_modes else casual, slug=slug).path, slug == link.slug)
        for slug, name, has_modes in scopes
    ]
