"""Reads of boards: from Redis, or from PostgreSQL and marked degraded while Redis is unavailable."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext_noop

from apps.core.api.auth.callers import Caller
from apps.core.database.sql import text_array
from apps.core.errors import DomainError, NotFoundError
from apps.core.media import media_url
from apps.core.redis.client import RedisUnavailableError, run_with_breaker
from apps.games.models import Game
from apps.games.queries import GameNotFoundError, games_open_to
from apps.leaderboards.boards.board import PLATFORM_ID, Board
from apps.leaderboards.boards.modes import Mode, game_of, mode_of, scope_of
from apps.leaderboards.sorted_sets import board_sets, multi_region
from apps.leaderboards.sorted_sets.board_sets import BoardsMissingError, Ranked
from apps.leaderboards.standings import player_counts, standing_rows
from apps.players.models import Player
from apps.players.queries import ANYONE, VIEWER_SQL, Viewer, id_now
from apps.players.querysets import seen_sql
from apps.players.visibility import viewer_of
from apps.unlocks.errors import GameWithoutModesError

# PostgreSQL counts up to an offset: of 1,000,000 rows 2 ms to this one and 210 ms to the last, when idle.
DEGRADED_RANKS_MAX = 10_000
# Also whether everyone may see the board: always for the platform, for a game while it is published, in hardcore
# while it has modes.
_NAMES = """
SELECT p.id, p.handle, p.display_name, p.region, p.avatar, s.unlock_count, {is_seen},
    %(scope_id)s::uuid = %(platform)s::uuid OR EXISTS (
        SELECT FROM game g WHERE g.id = %(game_id)s AND g.is_published AND (g.id = %(scope_id)s OR g.has_modes))
FROM unnest(%(player_ids)s::text::uuid[]) AS requested (id)
JOIN player p ON p.id = requested.id{viewer}
LEFT JOIN standing s ON s.player_id = p.id AND s.scope_id = %(scope_id)s AND s."window" = %(window)s
    AND s.opened_on = %(opened_on)s
"""
_NAMES_FOR_ANYONE = _NAMES.format(is_seen=seen_sql("p", None), viewer="")
_NAMES_FOR_VIEWER = _NAMES.format(is_seen=seen_sql("p", "viewer.id"), viewer=f" CROSS JOIN {VIEWER_SQL} viewer")


class BoardPageUnavailableError(DomainError):
    code = "board_page_unavailable"
    status = 503
    detail = gettext_noop(
        "Boards are being rebuilt; until then only their first 10,000 places can be read. Try again shortly."
    )


class PlayerNotRankedError(NotFoundError):
    code = "player_not_ranked"
    detail = gettext_noop(
        "This player is not on this board, or none that you may see: no points in this scope, window and region."
    )


@dataclass(frozen=True, slots=True)
class PlayerSummary:
    """A player as shown on boards and lists."""

    id: UUID
    handle: str
    display_name: str
    region: str
    avatar_url: str


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One row of a board; `rank` counts from 1.

    `player` is None where the viewer may not see them; `player_id` is internal and never shown.
    """

    rank: int
    player_id: UUID
    player: PlayerSummary | None
    points: int
    unlock_count: int
    reached_at: datetime


@dataclass(frozen=True, slots=True)
class BoardPage:
    """One page of a board. `is_degraded` when it came from PostgreSQL because Redis was unavailable.

    `is_open` is whether everyone may see the board, or None for a page without rows.
    """

    board: Board
    is_degraded: bool
    total_players: int
    rows: list[BoardRow]
    is_open: bool | None


@dataclass(frozen=True, slots=True)
class PlayerRank:
    """A player's rank on a board, with the rows around them; `is_open` as for pages.

    `percentile` is the share of players at or below them, 0 to 100; `points_to_next_rank` is None for the first, and in
    orders that points don't decide.
    """

    board: Board
    is_degraded: bool
    row: BoardRow
    percentile: float
    points_to_next_rank: int | None
    total_players: int
    neighbours: list[BoardRow]
    is_open: bool


def require_board(scope_id: UUID, account_id: UUID | None) -> bool:
    """Return whether everyone may see a scope's boards; False when only members of its studio may.

    One query at most. Raises: GameNotFoundError for an unknown game, and for an unpublished one of another studio;
    GameWithoutModesError for hardcore boards of a game whose modes are off.
    """
    if scope_id == PLATFORM_ID:
        return True
    game = games_open_to(account_id).filter(pk=game_of(scope_id)).only("is_published", "has_modes").first()
    if game is None:
        raise GameNotFoundError
    if mode_of(scope_id) == Mode.HARDCORE and not game.has_modes:
        raise GameWithoutModesError
    return game.is_published


def open_scopes(scope_ids: Collection[UUID]) -> set[UUID]:
    """Return those of the scopes whose boards everyone may see. One query."""
    ids = set(map(game_of, scope_ids)) - {PLATFORM_ID}
    games = dict(Game.objects.filter(pk__in=ids, is_published=True).values_list("pk", "has_modes"))
    return {
        scope_id
        for scope_id in scope_ids
        if scope_id == PLATFORM_ID or games.get(game_of(scope_id), False) or scope_id in games
    }


def hidden_in_hardcore(game_ids: Collection[UUID]) -> set[UUID]:
    """Return the scopes of games' hardcore boards with players, or former ones, that not everyone may see.

    At most two queries.
    """
    scopes = player_counts.counts_of([scope_of(game_id, Mode.HARDCORE) for game_id in game_ids])
    return set(scopes) - open_scopes(scopes) if scopes else set()


def page_of_board(board: Board, *, offset: int, limit: int, viewer: Viewer = ANYONE) -> BoardPage:
    """Return up to `limit` rows from `offset`, best first. Two round trips: one to Redis, one to PostgreSQL.

    Raises: BoardPageUnavailableError for deep pages while Redis is unavailable.
    """
    read = multi_region.page if board.is_union else board_sets.page
    try:
        total, entries = run_with_breaker(lambda client: read(client, board, offset=offset, limit=limit))
        is_degraded = False
    except (RedisUnavailableError, BoardsMissingError):
        if offset >= DEGRADED_RANKS_MAX:
            raise BoardPageUnavailableError from None
        total, entries = standing_rows.page_of_entries(board, offset=offset, limit=limit)
        is_degraded = True
    rows, is_open = rows_of(board, board_sets.ranked_from(offset, entries), viewer)
    return BoardPage(board, is_degraded, total, rows, is_open)


def page_for_account(board: Board, account_id: UUID | None, *, offset: int, limit: int) -> BoardPage:
    """Return the page that anyone gets, if the account may see the board; `is_open` is then known.

    A third query only for an empty page, or a board that is not open to everyone. Raises: GameNotFoundError.
    """
    page = page_of_board(board, offset=offset, limit=limit)
    return page if page.is_open else replace(page, is_open=require_board(board.scope_id, account_id))


def rank_of_player(board: Board, player_id: UUID, *, reach: int = 5, viewer: Viewer = ANYONE) -> PlayerRank | None:
    """Return a player's rank with up to `reach` rows above and below, or None when not on the board."""
    read = multi_region.around if board.is_union else board_sets.around
    try:
        found = run_with_breaker(lambda client: read(client, board, player_id, reach=reach))
        is_degraded = False
    except (RedisUnavailableError, BoardsMissingError):
        found = _around_in_postgres(board, player_id, reach)
        is_degraded = True
    if found is None:
        return None
    return _player_rank(board, player_id, found, reach=reach, viewer=viewer, is_degraded=is_degraded)


def visible_rank(caller: Caller | None, board: Board, player_id: UUID, *, reach: int) -> PlayerRank:
    """Return a player's rank as the caller may see it. Only who is not found may have been merged: another query.

    Raises: PlayerNotRankedError, also for players not visible; GameNotFoundError.
    """
    player_rank = rank_of_player(board, player_id, reach=reach, viewer=viewer_of(caller, player_id))
    if player_rank is None and (became := id_now(player_id)) != player_id:
        is_own = caller is not None and caller.player_id == player_id
        viewer = Viewer(became) if is_own else viewer_of(caller, became)
        player_rank = rank_of_player(board, became, reach=reach, viewer=viewer)
    if player_rank is None or not player_rank.is_open:
        require_board(board.scope_id, None if caller is None else caller.account_id)
    if player_rank is None or player_rank.row.player is None:
        raise PlayerNotRankedError
    return player_rank


def _player_rank(
    board: Board, player_id: UUID, found: tuple[int, list[Ranked]], *, reach: int, viewer: Viewer, is_degraded: bool
) -> PlayerRank | None:
    total, ranked = found
    rows, is_open = rows_of(board, ranked, viewer)
    mine = next((row for row in rows if row.player_id == player_id), None)
    if mine is None:
        return None
    above = next((row for row in rows if row.rank == mine.rank - 1), None)
    return PlayerRank(
        board=board,
        is_degraded=is_degraded,
        row=mine,
        percentile=round(100 * (total - mine.rank + 1) / total, 2),
        points_to_next_rank=None if above is None else board.order.points_to_pass(mine.points, above.points),
        total_players=total,
        neighbours=[row for row in rows if abs(row.rank - mine.rank) <= reach],
        is_open=bool(is_open),
    )


def _around_in_postgres(board: Board, player_id: UUID, reach: int) -> tuple[int, list[Ranked]] | None:
    found = standing_rows.entry_and_rank(board, player_id)
    if found is None:
        return None
    _, rank = found
    first = max(0, rank - 1 - max(reach, 1))
    total, entries = standing_rows.page_of_entries(board, offset=first, limit=rank + reach - first)
    return total, board_sets.ranked_from(first, entries)


def rows_of(board: Board, ranked: Sequence[Ranked], viewer: Viewer) -> tuple[list[BoardRow], bool | None]:
    """Return the places as visible to the viewer, in order, and whether everyone may see the board. One query."""
    found, is_open = _people(board, [item.entry.player_id for item in ranked], viewer)
    rows = [
        BoardRow(item.rank, item.entry.player_id, player, item.entry.points, unlock_count, item.entry.reached_at)
        for item in ranked
        if item.entry.player_id in found
        for player, unlock_count in [found[item.entry.player_id]]
    ]
    return rows, is_open


def summary_of(player: Player) -> PlayerSummary:
    """Return a visible player as boards show them."""
    avatar_url = media_url(player.avatar.name or "")
    return PlayerSummary(player.id, player.handle, player.display_name, player.region, avatar_url)


def _people(
    board: Board, player_ids: list[UUID], viewer: Viewer
) -> tuple[dict[UUID, tuple[PlayerSummary | None, int]], bool | None]:
    """Return players with their unlock counts on the board, None where not visible. One query."""
    if not player_ids:
        return {}, None
    chosen: dict[str, Any] = {
        "player_ids": text_array(player_id.hex for player_id in player_ids),
        "scope_id": board.scope_id,
        "game_id": board.game_id,
        "platform": PLATFORM_ID,
        "window": board.window.value,
        "opened_on": board.opened_on,
    }
    with connection.cursor() as cursor:
        cursor.execute(_NAMES_FOR_ANYONE if viewer == ANYONE else _NAMES_FOR_VIEWER, chosen | viewer.parameters())
        rows = cursor.fetchall()
    people = {
        player_id: (
            PlayerSummary(player_id, handle, name, region, media_url(avatar)) if is_seen else None,
            unlock_count or 0,
        )
        for player_id, handle, name, region, avatar, unlock_count, is_seen, _ in rows
    }
    return people, rows[0][-1] if rows else None
