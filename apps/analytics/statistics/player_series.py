"""Reads of a player over time, by hour or day, over a bounded range."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Literal
from uuid import UUID

from django.db import connection

from apps.analytics.rollups.player_statistics import hourly_since
from apps.core.clock import now
from apps.core.database.sql import read_sql
from apps.leaderboards.standings.completion import percentage

Interval = Literal["hour", "day"]
# Days a query may span, by interval: at most 744 or 366 rows.
DAYS_MAX: dict[str, int] = {"hour": 31, "day": 366}
DAYS_DEFAULT = 30


@dataclass(frozen=True, slots=True)
class Slot:
    """One hour or day with activity; `achievement_count` at its end, of achievements published now."""

    recorded_at: datetime
    playtime_seconds: int
    unlock_count: int
    points: int
    achievement_count: int
    total_achievements: int | None

    @property
    def completion_percentage(self) -> float | None:
        """Return the share of the game's achievements, None across games."""
        if self.total_achievements is None:
            return None
        return percentage(self.achievement_count, self.total_achievements)


def statistics_of(
    player_id: UUID, *, start: date, end: date, interval: Interval, game_id: UUID | None = None
) -> list[Slot]:
    """Return slots with activity from the first day through the last, in UTC. One query.

    Hours over 30 days old are stored as days, and nothing older than a year.
    """
    since = datetime.combine(start, time.min, UTC)
    until = datetime.combine(end + timedelta(days=1), time.min, UTC)
    chosen = {
        "player_id": player_id,
        "game_id": game_id,
        "since": since,
        "until": until,
        "unit": interval,
        "hourly_since": hourly_since(now()),
    }
    with connection.cursor() as cursor:
        cursor.execute(_statement(), chosen)
        return [Slot(*row) for row in cursor.fetchall()]


@cache
def _statement() -> str:
    return read_sql("analytics", "statistics")
