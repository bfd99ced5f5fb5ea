"""Standings in PostgreSQL: the source of boards, which are read here while Redis is unavailable."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models import F

from apps.leaderboards.boards.board import Board
from apps.leaderboards.kinds.points import POINTS
from apps.leaderboards.models import Standing, Window

# Nobody without points is on a board.
_WHERE = 'scope_id = %(scope_id)s AND "window" = %(window)s AND opened_on = %(opened_on)s AND points > 0'
_AFTER = (
    "AND points <= %(points)s "
    "AND (-points, reached_at, player_id) > (-%(points)s, to_timestamp(%(reached_second)s), %(player_id)s)"
)


@dataclass(frozen=True, slots=True)
class PlayerStanding:
    """A player's absolute totals in a scope and window after a change."""

    player_id: UUID
    scope_id: UUID
    window: Window
    opened_on: date
    region: str
    points: int
    unlock_count: int
    reached_at: datetime
    # Earned, and not counted by the board.
    uncounted_points: int = 0

    @property
    def key(self) -> tuple[UUID, UUID, str, date]:
        return self.player_id, self.scope_id, self.window.value, self.opened_on

    @property
    def is_ranked(self) -> bool:
        """Whether it is on its boards."""
        return self.points > 0


@dataclass(frozen=True, slots=True)
class MovedStandings:
    """The new absolute totals of one region's ranked players in a scope and window.

    `members` has 16 bytes of id per player, in the order of `points` and `reached_seconds` (since 1970).
    """

    scope_id: UUID
    window: Window
    opened_on: date
    region: str
    members: bytes
    points: list[int]
    reached_seconds: list[int]


class BoardEntry(NamedTuple):
    """An entry of a board, without its rank."""

    player_id: UUID
    points: int
    reached_at: datetime


def page_of_entries(board: Board, *, offset: int, limit: int) -> tuple[int, list[BoardEntry]]:
    """Return the board's size and `limit` entries from `offset` (0 is the best), best first."""
    where, params = _filter(board)
    total = count_of_places(board)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT player_id, points, reached_at FROM standing WHERE {where} "  # noqa: S608
            f"ORDER BY {board.order.sql} LIMIT %(limit)s OFFSET %(offset)s",
            {**params, "limit": limit, "offset": offset},
        )
        return total, [BoardEntry(*row) for row in cursor.fetchall()]


def count_of_places(board: Board) -> int:
    """Return how many players are on the board."""
    where, params = _filter(board)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM standing WHERE {where}", params)  # noqa: S608
        return int(cursor.fetchone()[0])


def entry_and_rank(board: Board, player_id: UUID) -> tuple[BoardEntry, int] | None:
    """Return a player's entry and rank (1 is the best), or None when not on the board. Cost: O(rank)."""
    where, params = _filter(board)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT player_id, points, reached_at FROM standing WHERE player_id = %(player_id)s AND {where}",  # noqa: S608
            {**params, "player_id": player_id},
        )
        row = cursor.fetchone()
        if row is None:
            return None
        entry = BoardEntry(*row)
        cursor.execute(
            f"SELECT count(*) FROM standing WHERE {where} AND {board.order.ahead_sql}",  # noqa: S608
            {**params, "points": entry.points, "reached_at": entry.reached_at, "player_id": entry.player_id},
        )
        return entry, cursor.fetchone()[0] + 1


def entries_of(board: Board, player_ids: list[UUID]) -> list[BoardEntry]:
    """Return the entries of the players who are on the board, in no particular order."""
    where, params = _filter(board)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT player_id, points, reached_at FROM standing WHERE player_id = ANY (%(player_ids)s) AND {where}",  # noqa: S608
            {**params, "player_ids": player_ids},
        )
        return [BoardEntry(*row) for row in cursor.fetchall()]


def points_earned(player_id: UUID, scope_id: UUID) -> int:
    """Return the points a player has ever earned in a scope, those included that its board does not count."""
    found = Standing.objects.filter(player_id=player_id, scope_id=scope_id, window=Window.ALL)
    return sum(found.values_list(F("points") + F("uncounted_points"), flat=True))


def scopes_and_windows() -> list[tuple[UUID, Window, date]]:
    """Return every scope and window with ranked players."""
    with connection.cursor() as cursor:
        cursor.execute('SELECT DISTINCT scope_id, "window", opened_on FROM standing WHERE points > 0 ORDER BY 1, 2, 3')
        return [(scope_id, Window(window), opened) for scope_id, window, opened in cursor.fetchall()]


def chunks_of_scope(
    scope_id: UUID, window: Window, opened: date, *, size: int = 5000
) -> Iterator[Sequence[tuple[str, bytes, int, int]]]:
    """Yield (region, 16 bytes of player id, points, second reached) in the order by points, `size` at a time.

    Each chunk is a new snapshot. Rows that move during the iteration may come twice or not at all; the rebuild copes,
    as the relay writes those itself. Bytes and seconds, as in sorted sets: ids and times took half of the reading.
    """
    params: dict[str, Any] = {"scope_id": scope_id, "window": window.value, "opened_on": opened, "size": size}
    condition = ""
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT region, uuid_send(player_id), points, extract(epoch FROM reached_at)::bigint FROM standing "  # noqa: S608
                f"WHERE {_WHERE} {condition} ORDER BY {POINTS.sql} LIMIT %(size)s",
                params,
            )
            rows = cursor.fetchall()
        if rows:
            yield rows
        if len(rows) < size:
            return
        condition = _AFTER
        _, member, points, reached_second = rows[-1]
        params |= {"points": points, "reached_second": reached_second, "player_id": UUID(bytes=member)}


def _filter(board: Board) -> tuple[str, dict[str, Any]]:
    params: dict[str, Any] = {"scope_id": board.scope_id, "window": board.window.value, "opened_on": board.opened_on}
    if board.region is None:
        return _WHERE, params
    if board.is_union:
        return f"{_WHERE} AND region = ANY (%(regions)s)", {**params, "regions": list(board.regions)}
    return f"{_WHERE} AND region = %(region)s", {**params, "region": board.region}
