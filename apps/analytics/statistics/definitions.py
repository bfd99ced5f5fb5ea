"""Statistic definitions: each has a name, a cadence and a query; one function computes any slot of any of them.

To add one, add it to STATISTICS, and to what game_series answers. A query gets %(start)s and %(end)s and returns
(game_id, label, value).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from apps.core.background.scheduled_jobs import DAY, HOUR, Counts, Job, JobContext, add_job

# Of players whom operators do not leave out.
_OF_PLAYERS = "player_id NOT IN (SELECT id FROM player WHERE NOT is_counted)"
_IN_SLOT = f"FROM player_statistics s WHERE s.recorded_at >= %(start)s AND s.recorded_at < %(end)s AND {_OF_PLAYERS}"


@dataclass(frozen=True, slots=True)
class Statistic:
    """A number per game and slot; zeros have no row."""

    name: str
    every: timedelta
    query: str

    @property
    def job_name(self) -> str:
        return f"statistic_{self.name}"


STATISTICS = (
    Statistic("hourly_unlocks", HOUR, f"SELECT game_id, '', sum(unlock_count) {_IN_SLOT} GROUP BY 1"),
    Statistic("hourly_players", HOUR, f"SELECT game_id, '', count(DISTINCT player_id) {_IN_SLOT} GROUP BY 1"),
    Statistic("hourly_playtime", HOUR, f"SELECT game_id, '', sum(playtime_seconds) {_IN_SLOT} GROUP BY 1"),
    Statistic("daily_unlocks", DAY, f"SELECT game_id, '', sum(unlock_count) {_IN_SLOT} GROUP BY 1"),
    Statistic("daily_points", DAY, f"SELECT game_id, '', sum(points) {_IN_SLOT} GROUP BY 1"),
    Statistic("daily_players", DAY, f"SELECT game_id, '', count(DISTINCT player_id) {_IN_SLOT} GROUP BY 1"),
    Statistic("daily_playtime", DAY, f"SELECT game_id, '', sum(playtime_seconds) {_IN_SLOT} GROUP BY 1"),
    Statistic(
        "daily_players_by_region",
        DAY,
        "SELECT s.game_id, p.region, count(DISTINCT s.player_id) FROM player_statistics s "
        "JOIN player p ON p.id = s.player_id AND p.is_counted "
        "WHERE s.recorded_at >= %(start)s AND s.recorded_at < %(end)s GROUP BY 1, 2",
    ),
)

_UNDO = "DELETE FROM game_statistic WHERE name = %(name)s AND slot = %(start)s"
_FILL = """
INSERT INTO game_statistic (game_id, name, slot, label, value)
SELECT game_id, %(name)s, %(start)s, label, value FROM ({query}) AS q (game_id, label, value)
WHERE value > 0 ORDER BY game_id, label
"""


def fill(statistic: Statistic, start: datetime) -> int:
    """Compute a slot of a statistic, replacing its rows; return the number of rows."""
    chosen: dict[str, Any] = {"name": statistic.name, "start": start, "end": start + statistic.every}
    with connection.cursor() as cursor:
        cursor.execute(_UNDO, chosen)
        cursor.execute(_FILL.format(query=statistic.query), chosen)
        return int(cursor.rowcount)


def job_names(every: timedelta) -> list[str]:
    """Return the names of the jobs for a cadence's statistics."""
    return [statistic.job_name for statistic in STATISTICS if statistic.every == every]


def add_statistic(statistic: Statistic, *, slots_max: int) -> Job:
    """Register the job that fills a statistic."""

    def work(context: JobContext) -> Iterator[Counts]:
        yield {"rows": fill(statistic, context.slot)}

    # After the hour's player_statistics, its source.
    return add_job(Job(statistic.job_name, statistic.every, work, slots_max, delay=timedelta(minutes=15)))


for _statistic in STATISTICS:
    add_statistic(_statistic, slots_max=48 if _statistic.every == HOUR else 30)
