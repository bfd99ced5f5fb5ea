"""Standings in PostgreSQL: the source of boards, which are read here while Redis is unavailable."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection

from apps.core.clock import now
from apps.core.database.sql import text_array
from apps.leaderboards.boards.board import PLATFORM_ID, Board
from apps.leaderboards.boards.windows import BEGINNING, retained_bounds
from apps.leaderboards.kinds.points import POINTS
from apps.leaderboards.models import Window
from apps.leaderboards.standings.player_counts import APPEND_PLAYERS
from apps.leaderboards.standings.sizes import APPEND

# Each unlock counts in its game and on the platform, in the four windows around its time.
_SPREAD = f"""
CROSS JOIN LATERAL (VALUES (u.game_id), (%(platform)s::uuid)) AS s (scope_id)
CROSS JOIN LATERAL (VALUES
    ('all', date '{BEGINNING}'),
    ('month', date_trunc('month', u.unlocked_at AT TIME ZONE 'UTC')::date),
    ('week', date_trunc('week', u.unlocked_at AT TIME ZONE 'UTC')::date),
    ('day', (u.unlocked_at AT TIME ZONE 'UTC')::date)) AS w ("window", opened_on)
"""
# When the points were reached: unlocks without any count where there are no others.
_REACHED = """
    date_trunc('second', coalesce(max(u.unlocked_at) FILTER (WHERE u.points > 0), max(u.unlocked_at))
        AT TIME ZONE 'UTC') AT TIME ZONE 'UTC'"""
_TOTALS = f"""
SELECT u.player_id, s.scope_id, w."window", w.opened_on, p.region,
    sum(u.points)::integer AS points, count(*)::integer AS unlock_count, {_REACHED} AS reached_at
"""
_COLUMNS = '(player_id, scope_id, "window", opened_on, region, points, unlock_count, reached_at)'
_RETAINED = """(w."window" = 'all' OR w.opened_on >= CASE w."window"
    WHEN 'month' THEN %(months_since)s WHEN 'week' THEN %(weeks_since)s ELSE %(days_since)s END)"""

# Changes are returned per board, with players as one run of 16-byte ids: a row and a UUID for each of an unlock's eight
# standings took over half of the relay's time.
ADD = f"""
WITH totals AS (
{_TOTALS}
FROM unnest(%(player_ids)s::text::uuid[], %(game_ids)s::text::uuid[], %(points)s::text::integer[],
    %(unlocked_ats)s::text::timestamptz[]) AS u (player_id, game_id, points, unlocked_at)
JOIN player p ON p.id = u.player_id
{_SPREAD}
WHERE {_RETAINED}
GROUP BY 1, 2, 3, 4, 5
), changed AS (
INSERT INTO standing AS t {_COLUMNS}
-- Every relay takes the rows in one order, so that none waits for one that waits for it.
SELECT * FROM totals ORDER BY 1, 2, 3, 4
ON CONFLICT (player_id, scope_id, "window", opened_on) DO UPDATE SET
    points = t.points + EXCLUDED.points,
    unlock_count = t.unlock_count + EXCLUDED.unlock_count,
    reached_at = CASE sign(t.points) - sign(EXCLUDED.points)
        WHEN 1 THEN t.reached_at WHEN -1 THEN EXCLUDED.reached_at ELSE greatest(t.reached_at, EXCLUDED.reached_at) END
RETURNING t.player_id, t.scope_id, t."window", t.opened_on, t.region, t.points, t.unlock_count, t.reached_at
), grown AS (
{APPEND}
-- A standing with no more points than were added is new on its board; few come near, so the join is small.
SELECT scope_id, "window", opened_on, changed.region, count(*)
FROM changed JOIN totals USING (player_id, scope_id, "window", opened_on)
WHERE changed.points = totals.points AND changed.points > 0
    AND changed.points <= (SELECT max(points) FROM totals)
GROUP BY 1, 2, 3, 4
), joined AS (
{APPEND_PLAYERS}
SELECT scope_id, count(*) FROM changed JOIN totals USING (player_id, scope_id, "window", opened_on)
WHERE changed.unlock_count = totals.unlock_count AND "window" = 'all'
    AND changed.unlock_count <= (SELECT max(unlock_count) FROM totals)
GROUP BY 1
)
SELECT scope_id, "window", opened_on, region, string_agg(uuid_send(player_id), ''::bytea), array_agg(points),
    array_agg(extract(epoch FROM reached_at)::bigint)
FROM changed WHERE points > 0 GROUP BY 1, 2, 3, 4
"""  # noqa: S608 - put together from constants

# The inverse of ADD. The previous reached_at is known to the ledger only, so it is read from there.
TAKE = f"""
WITH changed AS (
UPDATE standing t SET
    points = t.points - taken.points,
    unlock_count = t.unlock_count - taken.unlock_count,
    reached_at = coalesce((
        SELECT {_REACHED} FROM unlock_ever u
        WHERE u.player_id = t.player_id AND (t.scope_id = %(platform)s OR u.game_id = t.scope_id)
            AND (t."window" = 'all' OR (
                u.unlocked_at >= t.opened_on::timestamp AT TIME ZONE 'UTC'
                AND u.unlocked_at < (t.opened_on + CASE t."window"
                    WHEN 'month' THEN interval '1 month' WHEN 'week' THEN interval '7 days' ELSE interval '1 day'
                END) AT TIME ZONE 'UTC'))
    ), t.reached_at)
FROM (
    SELECT u.player_id, s.scope_id, w."window", w.opened_on, sum(u.points)::integer AS points,
        count(*)::integer AS unlock_count
    FROM unnest(%(player_ids)s::uuid[], %(game_ids)s::uuid[], %(points)s::integer[], %(unlocked_ats)s::timestamptz[])
        AS u (player_id, game_id, points, unlocked_at)
    {_SPREAD}
    GROUP BY 1, 2, 3, 4
) taken
WHERE t.player_id = taken.player_id AND t.scope_id = taken.scope_id AND t."window" = taken."window"
    AND t.opened_on = taken.opened_on
RETURNING t.player_id, t.scope_id, t."window", t.opened_on, t.region, t.points, t.unlock_count, t.reached_at,
    taken.points AS taken_points
), shrunk AS (
{APPEND}
SELECT scope_id, "window", opened_on, region, -count(*) FROM changed WHERE points <= 0 AND taken_points > 0
GROUP BY 1, 2, 3, 4
)
SELECT player_id, scope_id, "window", opened_on, region, points, unlock_count, reached_at FROM changed
"""  # noqa: S608 - put together from constants
DROP_EMPTY = f"""
WITH gone AS (
DELETE FROM standing t USING unnest(%s::uuid[], %s::uuid[], %s::text[], %s::date[])
    AS e (player_id, scope_id, "window", opened_on)
WHERE t.player_id = e.player_id AND t.scope_id = e.scope_id AND t."window" = e."window" AND t.opened_on = e.opened_on
    AND t.unlock_count <= 0
RETURNING t.scope_id, t."window"
)
{APPEND_PLAYERS} SELECT scope_id, -count(*) FROM gone WHERE "window" = 'all' GROUP BY 1
"""  # noqa: S608 - put together from constants

FILL = f"""
WITH made AS (
INSERT INTO standing {_COLUMNS}
{_TOTALS}
FROM unlock_ever u JOIN player p ON p.id = u.player_id
{_SPREAD}
WHERE u.player_id = ANY (%(player_ids)s) AND {_RETAINED}
GROUP BY 1, 2, 3, 4, 5
RETURNING scope_id, "window", opened_on, region, points
), joined AS (
{APPEND_PLAYERS} SELECT scope_id, count(*) FROM made WHERE "window" = 'all' GROUP BY 1
)
{APPEND}
SELECT scope_id, "window", opened_on, region, count(*) FROM made WHERE points > 0 GROUP BY 1, 2, 3, 4
"""  # noqa: S608 - put together from constants

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


@dataclass(frozen=True, slots=True)
class BoardEntry:
    """An entry of a board, without its rank."""

    player_id: UUID
    points: int
    reached_at: datetime


def add_unlocks(
    *, player_ids: list[UUID], game_ids: list[UUID], points: list[int], unlocked_ats: list[datetime]
) -> list[MovedStandings]:
    """Add unlocks of any age, given as columns, to the retained standings; return every changed one that has points.

    The rows stay locked until the caller's transaction ends, so the totals may be written to Redis before that.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            ADD,
            {
                "player_ids": text_array(player_id.hex for player_id in player_ids),
                "game_ids": text_array(game_id.hex for game_id in game_ids),
                "points": text_array(map(str, points)),
                "unlocked_ats": text_array(moment.isoformat() for moment in unlocked_ats),
                "platform": PLATFORM_ID,
                **retained_bounds(now()),
            },
        )
        return [MovedStandings(row[0], Window(row[1]), *row[2:]) for row in cursor.fetchall()]


def take_unlocks(
    *, player_ids: list[UUID], game_ids: list[UUID], points: list[int], unlocked_ats: list[datetime]
) -> list[PlayerStanding]:
    """Subtract removed unlocks, given as columns, from the standings; return every changed standing.

    Standings without unlocks are deleted, and returned with zero. Call while no other step is running.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            TAKE,
            {
                "player_ids": player_ids,
                "game_ids": game_ids,
                "points": points,
                "unlocked_ats": unlocked_ats,
                "platform": PLATFORM_ID,
            },
        )
        changed = [PlayerStanding(row[0], row[1], Window(row[2]), *row[3:]) for row in cursor.fetchall()]
        empty = [item for item in changed if item.unlock_count <= 0]
        cursor.execute(
            DROP_EMPTY,
            [
                [item.player_id for item in empty],
                [item.scope_id for item in empty],
                [item.window.value for item in empty],
                [item.opened_on for item in empty],
            ],
        )
    return changed


def fill(*, player_ids: list[UUID], moment: datetime) -> None:
    """Insert the standings of players who have none, from the ledger.

    Windows not retained at `moment` are left out. For unlocks that arrived without the outbox, as by an import.
    """
    with connection.cursor() as cursor:
        cursor.execute(FILL, {"platform": PLATFORM_ID, "player_ids": player_ids, **retained_bounds(moment)})


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
