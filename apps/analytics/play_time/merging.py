"""Moves play time from a merged player to the one they turned out to be."""

from uuid import UUID

from django.db import connection

# Sessions of both with one id were two sessions: the moved one gets a new id.
MOVE_SESSIONS = """
WITH gone AS (DELETE FROM play_session WHERE player_id = %(from)s RETURNING *)
INSERT INTO play_session (player_id, game_id, session_id, seconds, ended_at, recorded_at)
SELECT %(into)s, g.game_id, CASE WHEN o.player_id IS NULL THEN g.session_id
        ELSE left(%(from)s::uuid::text || ':' || md5(g.session_id), 64) END,
    g.seconds, g.ended_at, g.recorded_at
FROM gone g LEFT JOIN play_session o
    ON o.player_id = %(into)s AND o.game_id = g.game_id AND o.session_id = g.session_id
"""
MOVE_TOTALS = """
WITH gone AS (DELETE FROM play_time WHERE player_id = %(from)s RETURNING *)
INSERT INTO play_time AS t (player_id, game_id, seconds, session_count, last_played_at)
SELECT %(into)s, game_id, seconds, session_count, last_played_at FROM gone ORDER BY game_id
ON CONFLICT (player_id, game_id) DO UPDATE SET
    seconds = t.seconds + excluded.seconds, session_count = t.session_count + excluded.session_count,
    last_played_at = greatest(t.last_played_at, excluded.last_played_at)
"""


def move_play_time(*, from_player_id: UUID, into_player_id: UUID) -> None:
    """Add a merged player's sessions and totals to the other's. Call in a step of the relay."""
    pair = {"from": from_player_id, "into": into_player_id}
    with connection.cursor() as cursor:
        cursor.execute(MOVE_SESSIONS, pair)
        cursor.execute(MOVE_TOTALS, pair)
