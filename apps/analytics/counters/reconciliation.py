"""Compares counters with the ledger and corrects them by the difference, concurrently with counting."""

from uuid import UUID

import structlog
from django.db import connection

log = structlog.get_logger(__name__)

# One statement, so that ledger, counters and outbox are one snapshot: events in the outbox are not counted yet.
_CORRECT = """
WITH earned AS (
    SELECT achievement_id, count(*) AS unlock_count FROM unlock_ever
    WHERE game_id = %(game_id)s AND player_id NOT IN (SELECT id FROM player WHERE NOT is_counted) GROUP BY 1
), waiting AS (
    SELECT achievement_id, sum(unlock_count) AS unlock_count FROM (
        SELECT (payload->>'achievement_id')::uuid AS achievement_id,
            CASE kind WHEN 'unlock_revoked' THEN -1 ELSE 1 END AS unlock_count
        FROM outbox
        WHERE kind IN ('achievement_unlocked', 'unlock_restored', 'unlock_revoked')
            AND payload->>'game_id' = %(game_id)s::text
            AND (payload->>'player_id')::uuid NOT IN (SELECT id FROM player WHERE NOT is_counted)
        UNION ALL SELECT achievement_id, 1 FROM outbox, LATERAL unnest(
            (payload->>'player_ids')::uuid[], (payload->>'achievement_ids')::uuid[]) AS i (player_id, achievement_id)
        WHERE kind = 'unlocks_imported' AND payload->>'game_id' = %(game_id)s::text
            AND player_id NOT IN (SELECT id FROM player WHERE NOT is_counted)) o
    GROUP BY 1
), drift AS (
    SELECT a.id AS achievement_id,
        coalesce(e.unlock_count, 0) - coalesce(w.unlock_count, 0) - coalesce(c.unlock_count, 0) AS missing
    FROM achievement a
    LEFT JOIN earned e ON e.achievement_id = a.id
    LEFT JOIN waiting w ON w.achievement_id = a.id
    LEFT JOIN achievement_counter c ON c.achievement_id = a.id
    WHERE a.game_id = %(game_id)s
), corrected AS (
    INSERT INTO achievement_counter AS c (achievement_id, unlock_count)
    SELECT achievement_id, missing FROM drift WHERE missing <> 0 ORDER BY achievement_id
    ON CONFLICT (achievement_id) DO UPDATE SET unlock_count = c.unlock_count + excluded.unlock_count
    RETURNING achievement_id
), game_drift AS (
    SELECT coalesce((SELECT sum(unlock_count) FROM earned), 0) - coalesce((SELECT sum(unlock_count) FROM waiting), 0)
        - coalesce((SELECT unlock_count FROM game_counter WHERE game_id = %(game_id)s), 0) AS missing
), game_corrected AS (
    INSERT INTO game_counter AS c (game_id, unlock_count)
    SELECT %(game_id)s, missing FROM game_drift WHERE missing <> 0
    ON CONFLICT (game_id) DO UPDATE SET unlock_count = c.unlock_count + excluded.unlock_count
    RETURNING game_id
)
SELECT (SELECT count(*) FROM corrected) + (SELECT count(*) FROM game_corrected)
"""


def reconcile_counters(game_id: UUID, *, is_dry: bool = False) -> int:
    """Correct the counters of a game and its achievements; return how many were wrong. Scans the game's unlocks once.

    `is_dry` suppresses reporting, as the caller will roll back.
    """
    with connection.cursor() as cursor:
        cursor.execute(_CORRECT, {"game_id": game_id})
        (corrected,) = cursor.fetchone()
    if corrected and not is_dry:
        log.warning("counters.repaired", game=str(game_id), counters=corrected)
    return int(corrected)
