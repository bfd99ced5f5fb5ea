"""Reads of games over time: statistics by slot, and daily rarity of achievements."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal
from uuid import UUID

from django.db import connection

from apps.analytics.statistics.definitions import STATISTICS
from apps.core.background.scheduled_jobs import HOUR

# An achievement's id and key, and the key of its set.
Named = tuple[UUID, str, str]
Interval = Literal["hour", "day"]
# Days a query may span; hours are retained for 30.
GAME_DAYS_MAX: dict[str, int] = {"hour": 30, "day": 366}

_SLOTS = """
SELECT slot, name, label, value FROM game_statistic
WHERE game_id = %(game_id)s AND name = ANY (%(names)s) AND slot >= %(since)s AND slot < %(until)s ORDER BY slot
"""
_RARITY = """
SELECT h.day, a.id, a.key, s.key, h.unlock_count, h.player_count
FROM achievement a
JOIN achievement_set s ON s.id = a.set_id
JOIN completion_history h ON h.achievement_id = a.id
WHERE a.game_id = %(game_id)s AND h.day >= %(start)s AND h.day <= %(end)s
ORDER BY a.position, a.id, h.day
"""


@dataclass(slots=True)
class GameSlot:
    """A game's hour or day; regions by day only."""

    slot: datetime
    unlocks: int = 0
    points: int = 0
    players: int = 0
    playtime: int = 0
    players_by_region: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RarityOfDay:
    """How many had earned an achievement at the end of a day, of how many players."""

    day: date
    unlock_count: int
    player_count: int


def slots_of(game_id: UUID, *, start: date, end: date, interval: Interval) -> list[GameSlot]:
    """Return slots with activity from the first day through the last, in UTC. One query."""
    names = [item.name for item in STATISTICS if (item.every == HOUR) == (interval == "hour")]
    since = datetime.combine(start, time.min, UTC)
    until = datetime.combine(end + timedelta(days=1), time.min, UTC)
    chosen: dict[str, Any] = {"game_id": game_id, "names": names, "since": since, "until": until}
    slots: dict[datetime, GameSlot] = {}
    with connection.cursor() as cursor:
        cursor.execute(_SLOTS, chosen)
        for at, name, label, value in cursor.fetchall():
            _set(slots.setdefault(at, GameSlot(at)), name.partition("_")[2], label, value)
    return list(slots.values())


def _set(slot: GameSlot, name: str, label: str, value: int) -> None:
    if label:
        getattr(slot, name)[label] = value
    else:
        setattr(slot, name, value)


def rarity_of(game_id: UUID, *, start: date, end: date) -> dict[Named, list[RarityOfDay]]:
    """Return the stored days by achievement, in authored order. One query."""
    found: dict[Named, list[RarityOfDay]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(_RARITY, {"game_id": game_id, "start": start, "end": end})
        for day, achievement_id, key, set_key, unlock_count, player_count in cursor.fetchall():
            found[achievement_id, key, set_key].append(RarityOfDay(day, unlock_count, player_count))
    return found
