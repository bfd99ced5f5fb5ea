"""Daily ranks of players on their all-time boards: one small row per month, for 90 days."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from apps.core.clock import now
from apps.core.database.partitions import monthly_table
from apps.core.database.sql import change_rows
from apps.leaderboards.boards.windows import BEGINNING
from apps.leaderboards.kinds.points import POINTS

RETENTION_DAYS = 90
# Players without an unlock for as long are left out.
ACTIVE_WITHIN = timedelta(days=RETENTION_DAYS)
RANK_HISTORY = monthly_table("rank_history", retention_months=3)

# In board order along standing_board_idx; the array is indexed by day of the month.
_STORE = f"""
INSERT INTO rank_history AS h (player_id, scope_id, month, ranks)
SELECT player_id, %(scope_id)s, %(month)s, array_fill(NULL::integer, ARRAY[%(day)s - 1]) || rank::integer
FROM (
    SELECT player_id, reached_at, row_number() OVER (ORDER BY {POINTS.sql}) AS rank
    FROM standing WHERE scope_id = %(scope_id)s AND "window" = 'all' AND opened_on = '{BEGINNING}'
        AND points > 0) board
WHERE reached_at >= %(active_since)s
ORDER BY player_id
ON CONFLICT (player_id, scope_id, month) DO UPDATE SET ranks[%(day)s] = excluded.ranks[%(day)s]
"""  # noqa: S608 - put together from constants
_READ = """
SELECT month, ranks FROM rank_history
WHERE player_id = %(player_id)s AND scope_id = %(scope_id)s AND month >= %(since)s ORDER BY month
"""


@dataclass(frozen=True, slots=True)
class RankOfDay:
    """A player's rank on a board at the end of a day (UTC)."""

    day: date
    rank: int


def store_ranks(scope_id: UUID, day: date) -> int:
    """Store the day's rank of everyone active on a scope's all-time board; return their number."""
    chosen: dict[str, Any] = {
        "scope_id": scope_id,
        "month": day.replace(day=1),
        "day": day.day,
        "active_since": datetime.combine(day, time.min, UTC) - ACTIVE_WITHIN,
    }
    return change_rows(_STORE, chosen)


def ranks_of(player_id: UUID, scope_id: UUID, *, days: int = RETENTION_DAYS) -> list[RankOfDay]:
    """Return a player's ranks of the last `days` days, oldest first; days without one are left out. One query."""
    first = now().astimezone(UTC).date() - timedelta(days=days)
    with connection.cursor() as cursor:
        cursor.execute(_READ, {"player_id": player_id, "scope_id": scope_id, "since": first.replace(day=1)})
        rows = cursor.fetchall()
    found = [
        RankOfDay(month + timedelta(days=number), rank)
        for month, ranks in rows
        for number, rank in enumerate(ranks)
        if rank is not None
    ]
    return [item for item in found if item.day >= first]
