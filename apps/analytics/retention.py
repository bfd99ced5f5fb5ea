"""How long analytics data is retained, and who counts as inactive."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection

from apps.analytics.rollups.player_statistics import HOUR_RETENTION, retained_since
from apps.analytics.statistics.definitions import STATISTICS
from apps.core.background.scheduled_jobs import HOUR, Counts, JobContext
from apps.core.database.sql import change_rows, fetch_column
from apps.core.ids import NIL
from apps.unlocks import archive

INACTIVE_AFTER = timedelta(days=365)
# Sessions are needed to recompute statistics, which cover a year and the month it began in.
SESSION_RETENTION = timedelta(days=400)
GAME_DAY_RETENTION = timedelta(days=3 * 365)
PLAYERS_AT_ONCE = 1_000
MOVED_AT_ONCE = 200
ROWS_AT_ONCE = 5_000

# Players by id, which is by creation; inactive ones have unlocks and a year without any activity: no unlock (earned,
# recorded), no play, no log-in.
_NEXT_PLAYERS = """
SELECT p.id FROM player p
WHERE p.id > %(after)s AND p.created_at < %(since)s ORDER BY p.id LIMIT %(limit)s
"""
_INACTIVE = """
SELECT p.id FROM player p LEFT JOIN account a ON a.id = p.account_id
WHERE p.id = ANY (%(ids)s) AND p.archived_at IS NULL AND p.merged_into_id IS NULL AND NOT p.is_test
    AND (a.last_login IS NULL OR a.last_login < %(since)s)
    AND EXISTS (SELECT FROM unlock u WHERE u.player_id = p.id)
    AND NOT EXISTS (
        SELECT FROM unlock u WHERE u.player_id = p.id AND (u.unlocked_at >= %(since)s OR u.recorded_at >= %(since)s))
    AND NOT EXISTS (SELECT FROM play_time t WHERE t.player_id = p.id AND t.last_played_at >= %(since)s)
"""
_TRIM_SESSIONS = """
DELETE FROM play_session WHERE (player_id, game_id, session_id) IN (
    SELECT player_id, game_id, session_id FROM play_session WHERE ended_at < %(before)s LIMIT %(limit)s)
"""
_TRIM_GAME_STATISTICS = """
DELETE FROM game_statistic WHERE (game_id, name, slot, label) IN (
    SELECT game_id, name, slot, label FROM game_statistic
    WHERE name = ANY (%(names)s) AND slot < %(before)s ORDER BY slot LIMIT %(limit)s)
"""
_TRIM_RARITY = """
DELETE FROM completion_history WHERE (achievement_id, day) IN (
    SELECT achievement_id, day FROM completion_history WHERE day < %(before)s LIMIT %(limit)s)
"""


def archive_inactive(context: JobContext) -> Iterator[Counts]:
    """Yield counts per chunk: unlocks of players marked earlier move, then newly inactive players are marked."""
    while True:
        players, unlocks = archive.move_settled(context.moment, players_max=MOVED_AT_ONCE)
        if not players:
            break
        yield {"players_archived": players, "unlocks_archived": unlocks}
    since = context.moment - INACTIVE_AFTER
    while ids := _next_players(UUID(context.cursor.get("after", str(NIL))), since):
        context.cursor["after"] = str(ids[-1])
        yield {"players_looked_at": len(ids), "players_marked": _mark(ids, since, context.moment)}


def trim(context: JobContext) -> Iterator[Counts]:
    """Yield the numbers of rows deleted per chunk."""
    hourly = [statistic.name for statistic in STATISTICS if statistic.every == HOUR]
    daily = [statistic.name for statistic in STATISTICS if statistic.every != HOUR]
    sessions_before = min(context.moment - SESSION_RETENTION, retained_since(context.moment))
    trims = (
        ("play_sessions_trimmed", _TRIM_SESSIONS, {"before": sessions_before}),
        ("game_hours_trimmed", _TRIM_GAME_STATISTICS, {"names": hourly, "before": context.moment - HOUR_RETENTION}),
        ("game_days_trimmed", _TRIM_GAME_STATISTICS, {"names": daily, "before": context.moment - GAME_DAY_RETENTION}),
        ("rarity_days_trimmed", _TRIM_RARITY, {"before": context.moment - GAME_DAY_RETENTION}),
    )
    for name, statement, chosen in trims:
        while count := change_rows(statement, {**chosen, "limit": ROWS_AT_ONCE}):
            yield {name: count}


def _next_players(after: UUID, since: datetime) -> list[UUID]:
    return fetch_column(_NEXT_PLAYERS, {"after": after, "since": since, "limit": PLAYERS_AT_ONCE})


def _mark(ids: list[UUID], since: datetime, moment: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_INACTIVE, {"ids": ids, "since": since})
        inactive = [player_id for (player_id,) in cursor.fetchall()]
    return archive.mark_inactive(inactive, moment) if inactive else 0
