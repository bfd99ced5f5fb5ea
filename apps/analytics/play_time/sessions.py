"""Counts play time: each session once, however often it is reported."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext

from apps.analytics.rollups.player_statistics import mark_due
from apps.core.clock import now
from apps.core.errors import InvalidError
from apps.players.cache_versions import touch_players
from apps.unlocks.errors import GameNotPublishedError

# Same as for unlocks.
BACKDATED_MAX = timedelta(days=14)
AHEAD_MAX = timedelta(minutes=5)

_KNOWN = """
SELECT g.is_published, s.seconds, s.ended_at FROM game g
LEFT JOIN play_session s ON s.game_id = g.id AND s.player_id = %(player_id)s AND s.session_id = %(session_id)s
WHERE g.id = %(game_id)s
"""
# A longer report extends the session; a shorter one is a late retry.
_ADD = """
WITH reported AS (
    INSERT INTO play_session AS s (player_id, game_id, session_id, seconds, ended_at, recorded_at)
    VALUES (%(player_id)s, %(game_id)s, %(session_id)s, %(seconds)s, %(ended_at)s, %(now)s)
    ON CONFLICT (player_id, game_id, session_id) DO UPDATE SET
        seconds = excluded.seconds,
        ended_at = greatest(s.ended_at, excluded.ended_at),
        recorded_at = excluded.recorded_at
    RETURNING s.ended_at
)
INSERT INTO play_time AS t (player_id, game_id, seconds, session_count, last_played_at)
SELECT %(player_id)s, %(game_id)s, %(seconds)s - coalesce(%(known)s, 0),
    CASE WHEN %(known)s::integer IS NULL THEN 1 ELSE 0 END, ended_at
FROM reported
ON CONFLICT (player_id, game_id) DO UPDATE SET
    seconds = t.seconds + excluded.seconds,
    session_count = t.session_count + excluded.session_count,
    last_played_at = greatest(t.last_played_at, excluded.last_played_at)
RETURNING t.seconds
"""
_TOTAL = "SELECT seconds FROM play_time WHERE player_id = %(player_id)s AND game_id = %(game_id)s"
_TURN = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"


class EndedAtError(InvalidError):
    """A session that ended too long ago, or in the future."""

    code = "ended_at_out_of_range"


@dataclass(frozen=True, slots=True)
class PlayTimeOutcome:
    """The outcome of a report: the session's length, and the player's total in the game."""

    seconds: int
    total_seconds: int
    is_recorded: bool


def add_play_time(
    *, player_id: UUID, game_id: UUID, session_id: str, seconds: int, ended_at: datetime | None = None
) -> PlayTimeOutcome:
    """Count a session, or its growth since the last report.

    Raises: EndedAtError, UnpublishedGameError.

    Reports of one session are serialised, so that each sees what earlier ones have counted.
    """
    moment = now()
    ended = ended_at or moment
    if not moment - BACKDATED_MAX <= ended <= moment + AHEAD_MAX:
        raise EndedAtError(
            gettext("ended_at must lie within the last 14 days, or at most 5 minutes ahead."), pointer="/ended_at"
        )
    report = {
        "player_id": player_id,
        "game_id": game_id,
        "session_id": session_id,
        "seconds": seconds,
        "ended_at": ended,
        "now": moment,
    }
    outcome = _add(report)
    if outcome.is_recorded:
        touch_players([player_id])
    return outcome


@transaction.atomic
def _add(report: dict[str, Any]) -> PlayTimeOutcome:
    with connection.cursor() as cursor:
        cursor.execute(_TURN, [f"{report['player_id']}:{report['game_id']}:{report['session_id']}"])
        cursor.execute(_KNOWN, report)
        is_published, known, known_ended = cursor.fetchone()
        if not is_published:
            raise GameNotPublishedError
        is_longer = known is None or known < report["seconds"]
        cursor.execute(_ADD if is_longer else _TOTAL, {**report, "known": known})
        (total,) = cursor.fetchone()
    if is_longer:
        # It counts at its end, which may have moved.
        since = min(report["ended_at"], known_ended or report["ended_at"])
        mark_due([(report["player_id"], report["game_id"], since)])
    return PlayTimeOutcome(report["seconds"] if is_longer else known or 0, total, is_longer)
