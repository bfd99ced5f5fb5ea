"""Rolls up player_statistics: changes are noted as due, and recomputed from the ledger every hour.

Recomputing instead of adding up keeps offline play (up to 14 days back), revocations and merged players correct, and a
killed run harmless: the note is deleted in the transaction that recomputes.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from django.db import connection

from apps.analytics.rollups.partitions import PLAYER_STATISTICS
from apps.core.database.partitions import month_before
from apps.core.database.sql import read_sql, text_array

# Older hours are rolled up into days.
HOUR_RETENTION = timedelta(days=30)
# Notes per transaction: some 100 ms of work for as many players.
DUE_AT_ONCE = 1_000

Due = tuple[UUID, UUID, datetime]

_MARK_DUE = """
INSERT INTO statistics_due (player_id, game_id, since)
SELECT player_id, game_id, min(since)
FROM unnest(%s::text::uuid[], %s::text::uuid[], %s::text::timestamptz[]) AS d (player_id, game_id, since)
GROUP BY 1, 2
"""
_MARK_PLAYERS_DUE = """
INSERT INTO statistics_due (player_id, game_id, since)
SELECT p.player_id, s.scope_id, %(since)s
FROM unnest(%(player_ids)s) AS p (player_id)
CROSS JOIN LATERAL (
    SELECT game_id FROM unlock_ever u WHERE u.player_id = p.player_id
    UNION SELECT game_id FROM play_time t WHERE t.player_id = p.player_id
    UNION SELECT game_id FROM player_statistics h WHERE h.player_id = p.player_id) s (scope_id)
"""
_CLAIM_DUE = """
DELETE FROM statistics_due WHERE id = ANY (ARRAY(SELECT id FROM statistics_due ORDER BY id LIMIT %s))
RETURNING player_id, game_id, since
"""
_CLEAR = """
DELETE FROM player_statistics s
USING unnest(%(player_ids)s::text::uuid[], %(game_ids)s::text::uuid[], %(sinces)s::timestamptz[])
    AS d (player_id, game_id, since)
WHERE s.player_id = d.player_id AND s.game_id = d.game_id AND s.recorded_at >= d.since AND s.recorded_at >= %(oldest)s
RETURNING s.recorded_at
"""


def hourly_since(moment: datetime) -> datetime:
    """Return the time since which statistics are hourly; earlier ones are daily."""
    return datetime.combine((moment.astimezone(UTC) - HOUR_RETENTION).date(), time.min, UTC)


def retained_since(moment: datetime) -> datetime:
    """Return the time since which statistics are retained: the first day of a month."""
    first = month_before(moment.astimezone(UTC).date(), PLAYER_STATISTICS.retention_months)
    return datetime.combine(first, time.min, UTC)


def slot_start(at: datetime, moment: datetime) -> datetime:
    """Return the start of the hour or day that a time belongs to, no earlier than the retained range."""
    utc = max(at.astimezone(UTC), retained_since(moment))
    hour = utc.replace(minute=0, second=0, microsecond=0)
    return hour if utc >= hourly_since(moment) else hour.replace(hour=0)


def mark_due(dues: Iterable[Due]) -> None:
    """Note that players' statistics of games must be recomputed from a time on. In the caller's transaction."""
    noted = list(dues)
    mark_columns_due(
        player_ids=text_array(player_id.hex for player_id, _, _ in noted),
        game_ids=text_array(game_id.hex for _, game_id, _ in noted),
        sinces=text_array(since.isoformat() for _, _, since in noted),
    )


def mark_columns_due(*, player_ids: str, game_ids: str, sinces: str) -> None:
    """As mark_due, of columns that are PostgreSQL arrays as text."""
    with connection.cursor() as cursor:
        cursor.execute(_MARK_DUE, [player_ids, game_ids, sinces])


def mark_players_due(player_ids: list[UUID], since: datetime) -> None:
    """Note that all statistics of players must be recomputed from a time on. In the caller's transaction."""
    with connection.cursor() as cursor:
        cursor.execute(_MARK_PLAYERS_DUE, {"player_ids": player_ids, "since": since})


def fill_due(moment: datetime, *, limit: int = DUE_AT_ONCE) -> tuple[int, set[datetime]]:
    """Recompute what is due, up to `limit` notes, in the caller's transaction.

    Return the number of notes, and the hours and days whose rows have changed.
    """
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM_DUE, [limit])
        claimed = cursor.fetchall()
        sinces: dict[tuple[UUID, UUID], datetime] = {}
        for player_id, game_id, since in claimed:
            start = slot_start(since, moment)
            sinces[player_id, game_id] = min(start, sinces.get((player_id, game_id), start))
        if not sinces:
            return 0, set()
        chosen: dict[str, Any] = {
            "player_ids": text_array(player_id.hex for player_id, _ in sinces),
            "game_ids": text_array(game_id.hex for _, game_id in sinces),
            "sinces": list(sinces.values()),
            "oldest": min(sinces.values()),
            "hourly_since": hourly_since(moment),
        }
        cursor.execute(_CLEAR, chosen)
        touched = {at for (at,) in cursor.fetchall()}
        cursor.execute(_fill_statement(), chosen)
        touched |= {at for (at,) in cursor.fetchall()}
    return len(claimed), touched


@cache
def _fill_statement() -> str:
    return read_sql("analytics", "fill_statistics")
