"""Reading boards: from Redis, or from PostgreSQL and marked degraded while Redis can't be asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from apps.core.errors import DomainError
from apps.core.media import media_url
from apps.core.redis import RedisAwayError, attempt
from apps.leaderboards import sorted_sets, standings, unions
from apps.leaderboards.boards import Board
from apps.leaderboards.sorted_sets import BoardsMissingError, Ranked

# PostgreSQL counts its way to an offset: of 1,000,000 rows 2 ms to this one and 210 ms to the last, while idle.
DEGRADED_PLACES_MAX = 10_000
_NAMES = """
SELECT p.id, p.handle, p.display_name, p.region, p.avatar, s.unlock_count
FROM unnest(%s::uuid[]) AS asked (id)
JOIN player p ON p.id = asked.id
LEFT JOIN standing s
    ON s.player_id = p.id AND s.scope_id = %s AND s."window" = %s AND s.opened_on = %s
"""


class BoardPageUnavailableError(DomainError):
    code = "board_page_unavailable"
    status = 503
    detail = "Boards are being rebuilt; until then only their first 10,000 places can be read. Try again shortly."


@dataclass(frozen=True, slots=True)
class PlayerSummary:
    """A player as boards and lists show them."""

    id: UUID
    handle: str
    display_name: str
    region: str
    avatar_url: str


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One line of a board; `rank` counts from 1."""

    rank: int
    player: PlayerSummary
    points: int
    unlock_count: int
    reached_at: datetime


@dataclass(frozen=True, slots=True)
class BoardPage:
    """One page of a board. `is_degraded` when it came from PostgreSQL for want of Redis."""

    board: Board
    is_degraded: bool
    total_players: int
    rows: list[BoardRow]


@dataclass(frozen=True, slots=True)
class PlayerPlace:
    """Where a player stands on a board, with the rows around them.

    `percentile` is the share of players at or below them, 0 to 100; `points_to_next_rank` None for the first.
    Who reaches a total later stands behind whoever has it, so passing them takes one point more than they have.
    """

    board: Board
    is_degraded: bool
    row: BoardRow
    percentile: float
    points_to_next_rank: int | None
    total_players: int
    neighbours: list[BoardRow]


def page_of_board(board: Board, *, offset: int, limit: int) -> BoardPage:
    """Return up to `limit` rows from `offset`, best first. Two round trips: one to Redis, one to PostgreSQL.

    Raises: BoardPageUnavailableError for what lies deep while Redis can't be asked.
    """
    read = unions.page if board.is_union else sorted_sets.page
    try:
        total, places = attempt(lambda client: read(client, board, offset=offset, limit=limit))
        is_degraded = False
    except (RedisAwayError, BoardsMissingError):
        if offset >= DEGRADED_PLACES_MAX:
            raise BoardPageUnavailableError from None
        total, places = standings.page_of_places(board, offset=offset, limit=limit)
        is_degraded = True
    ranked = [Ranked(offset + number + 1, place) for number, place in enumerate(places)]
    return BoardPage(board, is_degraded, total, rows_of(board, ranked))


def place_of_player(board: Board, player_id: UUID, *, reach: int = 5) -> PlayerPlace | None:
    """Return a player's place with up to `reach` rows above and below, or None when not on the board."""
    read = unions.around if board.is_union else sorted_sets.around
    try:
        found = attempt(lambda client: read(client, board, player_id, reach=reach))
        is_degraded = False
    except (RedisAwayError, BoardsMissingError):
        found = _around_in_postgres(board, player_id, reach)
        is_degraded = True
    if found is None:
        return None
    return _player_place(board, player_id, found, reach=reach, is_degraded=is_degraded)


def _player_place(
    board: Board, player_id: UUID, found: tuple[int, list[Ranked]], *, reach: int, is_degraded: bool
) -> PlayerPlace | None:
    total, ranked = found
    rows = rows_of(board, ranked)
    mine = next((row for row in rows if row.player.id == player_id), None)
    if mine is None:
        return None
    above = next((row for row in rows if row.rank == mine.rank - 1), None)
    return PlayerPlace(
        board=board,
        is_degraded=is_degraded,
        row=mine,
        percentile=round(100 * (total - mine.rank + 1) / total, 2),
        points_to_next_rank=None if above is None else above.points - mine.points + 1,
        total_players=total,
        neighbours=[row for row in rows if abs(row.rank - mine.rank) <= reach],
    )


def _around_in_postgres(board: Board, player_id: UUID, reach: int) -> tuple[int, list[Ranked]] | None:
    found = standings.place_and_rank(board, player_id)
    if found is None:
        return None
    _, rank = found
    first = max(0, rank - 1 - max(reach, 1))
    total, places = standings.page_of_places(board, offset=first, limit=rank + reach - first)
    return total, [Ranked(first + number + 1, place) for number, place in enumerate(places)]


def rows_of(board: Board, ranked: Sequence[Ranked]) -> list[BoardRow]:
    """Return the places with their players, in their order. One query."""
    summaries = summaries_of(board, [item.place.player_id for item in ranked])
    return [
        BoardRow(item.rank, player, item.place.points, unlock_count, item.place.reached_at)
        for item in ranked
        if (found := summaries.get(item.place.player_id))
        for player, unlock_count in [found]
    ]


def summaries_of(board: Board, player_ids: list[UUID]) -> dict[UUID, tuple[PlayerSummary, int]]:
    """Return players, and how many unlocks each has on the board. One query."""
    if not player_ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_NAMES, [player_ids, board.scope_id, board.window.value, board.opened_on])
        rows = cursor.fetchall()
    return {
        player_id: (PlayerSummary(player_id, handle, name, region, media_url(avatar)), unlock_count or 0)
        for player_id, handle, name, region, avatar, unlock_count in rows
    }
