"""Changes of standings: unlocks come and go, and so do those that count; nothing else writes them but repair."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from operator import attrgetter
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from apps.core.clock import now
from apps.core.database.sql import elements_of, join_arrays, text_array
from apps.leaderboards.boards.board import PLATFORM_ID
from apps.leaderboards.boards.modes import Mode
from apps.leaderboards.boards.windows import retained_bounds
from apps.leaderboards.models import Window
from apps.leaderboards.standings.board_sizes import APPEND
from apps.leaderboards.standings.player_counts import APPEND_PLAYERS
from apps.leaderboards.standings.standing_rows import MovedStandings
from apps.leaderboards.standings.what_counts import COLUMNS, EVER, RETAINED, TOTALS, WINDOWS, counted
from apps.unlocks.events import LedgerEvent, UnlocksImported

_UNLOCKS = """FROM (SELECT * FROM unnest(%(player_ids)s::text::uuid[], %(game_ids)s::text::uuid[],
    %(points)s::text::integer[], %(unlocked_ats)s::text::timestamptz[], %(sources)s::text::smallint[])
    AS e (player_id, game_id, points, unlocked_at, source)) u"""
# Those from before every retained window count in the all-time ones alone: a player's as one. Of 1,000 imported unlocks
# of 50 players over six years, 250 rows are left, which took 5 of 29 ms less.
_GROUPED = f"""FROM (
    SELECT player_id, game_id, sum(points) AS points, max(unlocked_at) AS unlocked_at, source, count(*) AS unlock_count
    {_UNLOCKS}
    GROUP BY player_id, game_id, source, points > 0, CASE
        WHEN unlocked_at AT TIME ZONE 'UTC' >= least(%(months_since)s, %(weeks_since)s, %(days_since)s)
        THEN unlocked_at END) u"""
# A change of rules concerns retained windows, of all scopes or of the platform's alone.
_CONCERNED = f"{RETAINED} AND (NOT %(is_platform_only)s OR s.scope_id = '{PLATFORM_ID}')"

# What unlocks come to in each standing, by the rules of the moment.
_SUMS = f"""
{TOTALS}, u.is_player
FROM {{counted}}
{WINDOWS}
WHERE s.is_held AND {{where}}
GROUP BY 1, 2, 3, 4, 5, u.is_player
"""

# Changes are returned per board, with players as one run of 16-byte ids: a row and a UUID for each of an unlock's eight
# standings took over half of the relay's time.
_ADD = f"""
WITH totals AS ({_SUMS}), changed AS (
INSERT INTO standing AS t {COLUMNS}
-- Every relay takes the rows in one order, so that none waits for one that waits for it.
SELECT player_id, scope_id, "window", opened_on, region, points, unlock_count, reached_at, uncounted_points
FROM totals ORDER BY 1, 2, 3, 4
ON CONFLICT (player_id, scope_id, "window", opened_on) DO UPDATE SET
    points = t.points + EXCLUDED.points,
    unlock_count = t.unlock_count + EXCLUDED.unlock_count,
    reached_at = CASE sign(t.points) - sign(EXCLUDED.points)
        WHEN 1 THEN t.reached_at WHEN -1 THEN EXCLUDED.reached_at ELSE greatest(t.reached_at, EXCLUDED.reached_at) END,
    uncounted_points = t.uncounted_points + EXCLUDED.uncounted_points
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
-- Grouped, not joined: of many new players a nested loop took most of the step.
SELECT scope_id, count(*) FILTER (WHERE now_count = added_count),
    CASE scope_id WHEN '{PLATFORM_ID}' THEN sum(added_count) ELSE 0 END
FROM (
    SELECT scope_id, sum(now_count) AS now_count, sum(added_count) AS added_count FROM (
        SELECT player_id, scope_id, unlock_count AS now_count, 0 AS added_count, false AS is_player
        FROM changed WHERE "window" = 'all'
        UNION ALL SELECT player_id, scope_id, 0, unlock_count, is_player FROM totals WHERE "window" = 'all') e
    GROUP BY player_id, scope_id HAVING bool_or(is_player)) n
GROUP BY 1 HAVING scope_id = '{PLATFORM_ID}' OR count(*) FILTER (WHERE now_count = added_count) > 0
)
SELECT scope_id, "window", opened_on, region, string_agg(uuid_send(player_id), ''::bytea), array_agg(points),
    array_agg(extract(epoch FROM reached_at)::bigint)
FROM changed WHERE points > 0 GROUP BY 1, 2, 3, 4
"""  # noqa: S608 - put together from constants
_FILL = f"""
WITH made AS (
INSERT INTO standing {COLUMNS}
{TOTALS}
FROM {{counted}}
{WINDOWS}
WHERE s.is_held AND {RETAINED}
GROUP BY 1, 2, 3, 4, 5
RETURNING player_id, scope_id, "window", opened_on, region, points, unlock_count
), joined AS (
{APPEND_PLAYERS}
SELECT scope_id, count(*), CASE scope_id WHEN '{PLATFORM_ID}' THEN sum(unlock_count) ELSE 0 END
FROM made JOIN player p ON p.id = made.player_id AND p.is_counted WHERE "window" = 'all' GROUP BY 1
)
{APPEND}
SELECT scope_id, "window", opened_on, region, count(*) FROM made WHERE points > 0 GROUP BY 1, 2, 3, 4
"""  # noqa: S608 - put together from constants


class Unlocked(NamedTuple):
    """An unlock as standings need it."""

    player_id: UUID
    game_id: UUID
    points: int
    unlocked_at: datetime
    source: int
    achievement_id: UUID


# For each unlock of each step.
_fields_of = attrgetter(*Unlocked._fields)


@dataclass(frozen=True, slots=True)
class AddedColumns:
    """Unlocks to add, as the statement takes them: columns, each a PostgreSQL array as text."""

    player_ids: str
    game_ids: str
    points: str
    unlocked_ats: str
    sources: str

    @property
    def players(self) -> set[UUID]:
        return set(map(UUID, set(elements_of(self.player_ids))))

    def parameters(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Concern:
    """Which standings a change of rules concerns: those of windows retained at `moment`, and of which scopes."""

    moment: datetime
    is_platform_only: bool = False

    def parameters(self) -> dict[str, Any]:
        return {"is_platform_only": self.is_platform_only, **retained_bounds(self.moment)}


class Sum(NamedTuple):
    """What unlocks come to in a standing; `is_counted` is whether the player counts anywhere."""

    player_id: UUID
    scope_id: UUID
    window: str
    opened_on: date
    region: str
    points: int
    unlock_count: int
    reached_at: datetime
    uncounted_points: int
    is_counted: bool


def unlocked_of(events: Iterable[LedgerEvent]) -> list[Unlocked]:
    """Return the unlocks of events of the ledger."""
    return [Unlocked._make(_fields_of(item)) for item in events]


def columns_of(unlocks: Collection[LedgerEvent | Unlocked]) -> AddedColumns:
    return AddedColumns(
        player_ids=text_array(item.player_id.hex for item in unlocks),
        game_ids=text_array(item.game_id.hex for item in unlocks),
        points=text_array(str(item.points) for item in unlocks),
        unlocked_ats=text_array(item.unlocked_at.isoformat() for item in unlocks),
        sources=text_array(str(item.source) for item in unlocks),
    )


def columns_of_imports(events: Collection[UnlocksImported]) -> AddedColumns:
    return AddedColumns(
        player_ids=join_arrays(event.player_ids for event in events),
        game_ids=text_array(game_id for event in events for game_id in [event.game_id.hex] * len(event)),
        points=join_arrays(event.points for event in events),
        unlocked_ats=join_arrays(event.unlocked_ats for event in events),
        sources=text_array(source for event in events for source in [str(event.source)] * len(event)),
    )


def add_unlocks(
    unlocks: AddedColumns, concern: Concern | None = None, mode: Mode = Mode.CASUAL
) -> list[MovedStandings]:
    """Add unlocks of any age to the retained standings they count in; return every changed one that has points.

    In hardcore, `unlocked_at` and `source` are of that.
    The rows stay locked until the caller's transaction ends, so the totals may be written to Redis before that.
    """
    with connection.cursor() as cursor:
        concern = concern or Concern(now())
        statement = _statement(_ADD, mode, _where(concern), is_grouped=True)
        cursor.execute(statement, unlocks.parameters() | concern.parameters())
        return [MovedStandings(row[0], Window(row[1]), *row[2:]) for row in cursor.fetchall()]


def sums_of(unlocks: Sequence[Unlocked], concern: Concern | None = None, mode: Mode = Mode.CASUAL) -> list[Sum]:
    """Return what unlocks come to in the standings that they count in, by the rules in force."""
    named = columns_of(unlocks).parameters() | (concern.parameters() if concern else {})
    with connection.cursor() as cursor:
        cursor.execute(_statement(_SUMS, mode, _where(concern)), named)
        return [Sum(*row) for row in cursor.fetchall()]


def fill(*, player_ids: list[UUID], moment: datetime) -> None:
    """Insert the standings of players who have none, from the ledger.

    Windows not retained at `moment` are left out. For demo data and tests, which write unlocks past the outbox.
    """
    with connection.cursor() as cursor:
        for mode in Mode:
            unlocks = counted(EVER[mode], "u.player_id = ANY (%(player_ids)s)", mode=mode)
            cursor.execute(_FILL.format(counted=unlocks), {"player_ids": player_ids, **retained_bounds(moment)})


@cache
def _statement(statement: str, mode: Mode, where: str, *, is_grouped: bool = False) -> str:
    unlocks, count = (_GROUPED, "u.unlock_count") if is_grouped else (_UNLOCKS, "1")
    return statement.format(counted=counted(unlocks, mode=mode, count=count), where=where)


def _where(concern: Concern | None) -> str:
    return "true" if concern is None else _CONCERNED
