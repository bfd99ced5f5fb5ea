"""The capacity needed for a year of play: from row and entry sizes measured here, and the cost of an unlock.

That cost is CPU time, from the last recorded `make bench`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import ceil
from typing import Any

from django.db import connection, transaction

from apps.core.ids import new_id
from apps.core.redis.client import Client, client

SAMPLE_ROWS = 20_000
SAMPLE_ENTRIES = 50_000
DAYS = 365
# Windows of a scope that exist at a time; months are few beside them.
WEEKS_AT_ONCE, DAYS_AT_ONCE = 6, 36
# CPU of each unlock by process, microseconds: `make bench`, 64 connections, 24 November 2026 (docs/measurements.md).
# Cores are planned at 60 %, so that bursts find room.
CPU_MICROSECONDS = {"web": 104, "relay": 49, "postgres": 201, "valkey": 29}
CORE_SHARE = 0.6
BURST = 10
# A worker's time per unit of work of each job, microseconds: `make bench ARGS="--scenario beside-jobs"` on that day,
# over 5,000,000 unlocks of 125,000 players. Reconciliation reads all unlocks of a player.
JOB_MICROSECONDS = {
    "fill_player_statistics": 44.0,
    "keep_ranks": 14.0,
    "reconcile_boards": 17.0,
    "reconcile_counters": 0.8,
}

# Sample rows of each large table: the SELECT of an INSERT, over n.
_UUID = "md5(n::text)::uuid"
_OTHER = "md5((n %% 100)::text)::uuid"
_TIME = "timestamptz '2026-01-01' + n * interval '1 second'"
_SAMPLES = {
    "unlock": f"SELECT {_UUID}, {_OTHER}, {_OTHER}, {_TIME}, {_TIME}, 1, 10, 1",
    "standing": f"SELECT {_UUID}, {_OTHER}, {_TIME}, date '2026-01-01', 500, 40, 'all', 'EU'",
    "player_statistics": f"SELECT {_UUID}, {_OTHER}, {_TIME}, 1800, 2, 20, 40, 40.5, false",
    "notification": f"SELECT {_UUID}, n, {_TIME}, 'own_unlock', "
    "jsonb_build_object('achievement', jsonb_build_object('id', md5(n::text), 'name', 'First light over the harbour', "
    "'points', 10), 'game', jsonb_build_object('id', md5(n::text), 'name', 'Ember Hollow', 'slug', 'ember-hollow'))",
    "rank_history": f"SELECT {_UUID}, {_OTHER}, date '2026-01-01', array_fill(1000 + n, ARRAY[30])",
    "play_session": f"SELECT {_UUID}, {_OTHER}, {_TIME}, {_TIME}, 1800, md5(n::text)",
}


@dataclass(frozen=True, slots=True)
class Plan:
    """Assumptions about a year."""

    players: int
    games: int
    achievements: int = 100
    # Per player and year.
    unlocks_per_player: int = 2_500
    games_per_player: int = 50
    # Hours played on a day of play, and the number of such days.
    hours_per_day: int = 2
    days_played: int = 120
    # Friends' notifications on such a day, after grouping.
    friend_notices_per_day: int = 10

    @property
    def unlocks(self) -> int:
        return self.players * min(self.unlocks_per_player, self.games * self.achievements)

    @property
    def unlocks_per_second(self) -> float:
        return self.unlocks / (DAYS * 86_400)

    @property
    def standings(self) -> int:
        """The number of all-time standings, in every scope of every player, the platform included."""
        return self.players * (min(self.games_per_player, self.games) + 1)

    @property
    def played_days(self) -> int:
        return self.players * self.days_played

    @property
    def notifications(self) -> int:
        return self.unlocks + self.played_days * self.friend_notices_per_day

    @property
    def windowed_standings(self) -> int:
        """The number of standings in existing windows: of the day's game, and of the platform."""
        return self.played_days * 2 * (WEEKS_AT_ONCE + DAYS_AT_ONCE) // DAYS


@dataclass(frozen=True, slots=True)
class Cost:
    """A row's size: on disk with its indexes, and in the WAL."""

    row_bytes: float
    wal_bytes: float


@dataclass(frozen=True, slots=True)
class Line:
    """A table's size after the year, and its WAL volume."""

    name: str
    rows: int
    bytes: float
    wal_bytes: float
    remark: str


def measure() -> dict[str, Cost]:
    """Return a row's size for each large table, from SAMPLE_ROWS inserted and rolled back."""
    return {name: _measure(name, sample) for name, sample in _SAMPLES.items()}


def measure_entry() -> float:
    """Return a board entry's size in Redis, in bytes, from SAMPLE_ENTRIES added and deleted."""
    with _sample_board(client(timeout_seconds=10.0)) as (redis, key):
        return float(redis.memory_usage(key, samples=0) or 0) / SAMPLE_ENTRIES


def lines_of(plan: Plan, costs: dict[str, Cost]) -> list[Line]:
    """Return each table's size after a year."""
    played_days = plan.played_days
    hourly = played_days * plan.hours_per_day * 30 // DAYS
    daily = played_days * (DAYS - 30) // DAYS
    standings = plan.standings + plan.windowed_standings
    sizes = (
        ("unlock", plan.unlocks, plan.unlocks, "for ever; after an inactive year: in the archive"),
        ("standing", standings, 8 * plan.unlocks, "all time, and windows of the last 35 days"),
        ("player_statistics", hourly + daily, played_days * (plan.hours_per_day + 1), "30 days by hour, then by day"),
        ("notification", plan.notifications * 180 // DAYS, plan.notifications, "own unlocks and friends'; 180 days"),
        ("rank_history", plan.standings * 4, plan.standings * DAYS, "four months, a row each; written every night"),
        ("play_session", played_days * plan.hours_per_day, played_days * plan.hours_per_day, "400 days"),
    )
    return [
        Line(name, rows, rows * costs[name].row_bytes, written * costs[name].wal_bytes, remark)
        for name, rows, written, remark in sizes
    ]


def memory_of(plan: Plan, entry_bytes: float) -> float:
    """Return the boards' size in Redis: every standing is on a global and a regional board."""
    return 2 * (plan.standings + plan.windowed_standings) * entry_bytes


def cores_of(unlocks_per_second: float) -> dict[str, float]:
    """Return the cores that each kind of process needs at a rate, planned at CORE_SHARE."""
    return {
        name: unlocks_per_second * microseconds / 1e6 / CORE_SHARE for name, microseconds in CPU_MICROSECONDS.items()
    }


def job_hours_of(plan: Plan) -> dict[str, float]:
    """Return the hours per day that growing jobs take of one worker process at the end of the year."""
    things = {
        # Each unlock and each hour played of a day is noted once.
        "fill_player_statistics": (plan.unlocks + plan.played_days * plan.hours_per_day) / DAYS,
        "keep_ranks": plan.standings,
        "reconcile_boards": plan.unlocks,
        "reconcile_counters": plan.unlocks,
    }
    return {name: things[name] * microseconds / 3.6e9 for name, microseconds in JOB_MICROSECONDS.items()}


def children_for(hours: float) -> int:
    """Return the number of worker processes for these hours of jobs per day, planned like cores."""
    return max(1, ceil(hours / (24 * CORE_SHARE)))


def _measure(table: str, sample: str) -> Cost:
    name = f"capacity_{table}"
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute(f"CREATE TABLE {name} (LIKE {table} INCLUDING ALL)")
        # The statement's own WAL: the log's position also moves with other writers.
        insert = f"INSERT INTO {name} {sample} FROM generate_series(1, %s) n"
        cursor.execute(f"EXPLAIN (ANALYZE, WAL, TIMING OFF, FORMAT JSON) {insert}", [SAMPLE_ROWS])
        ((explained,),) = cursor.fetchone()
        cursor.execute("SELECT pg_total_relation_size(%s)", [name])
        (size,) = cursor.fetchone()
        transaction.set_rollback(True)
    return Cost(size / SAMPLE_ROWS, explained["Plan"]["WAL Bytes"] / SAMPLE_ROWS)


@contextmanager
def _sample_board(redis: Client) -> Iterator[tuple[Client, str]]:
    key = f"capacity:{new_id().hex}"
    try:
        members: dict[Any, float] = {new_id().bytes: -(number << 32) for number in range(SAMPLE_ENTRIES)}
        redis.zadd(key, members)
        yield redis, key
    finally:
        redis.delete(key)
