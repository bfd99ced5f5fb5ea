"""Computes completion rates."""

from datetime import UTC, datetime

from django.db import connection, transaction

from apps.core.background.scheduled_jobs import allow_long_statements
from apps.core.clock import now
from apps.games.rarity import PLAYERS_MIN
from apps.leaderboards.standings.player_counts import COUNTED

# Set-based and from counters, never from the ledger. Both count an unlock in the step that carries it out, so that no
# more players hold an achievement than the game has. Whom operators leave out is in none of the numbers.
_REFRESH = f"""
INSERT INTO achievement_completion AS c (
    achievement_id, unlock_count, player_count, share, hardcore_share, computed_at)
SELECT a.id, coalesce(n.unlock_count, 0), coalesce(g.player_count, 0),
    CASE WHEN g.player_count >= %(players_min)s
        THEN least(coalesce(n.unlock_count, 0)::double precision / g.player_count, 1) END,
    CASE WHEN g.player_count >= %(players_min)s AND m.has_modes
        THEN least(coalesce(h.unlock_count, 0)::double precision / g.player_count, 1) END,
    %(moment)s
FROM achievement a
JOIN game m ON m.id = a.game_id
LEFT JOIN achievement_counter n ON n.achievement_id = a.id
-- Few games have modes, so these rows are counted where they are.
LEFT JOIN (
    SELECT u.achievement_id, count(*) AS unlock_count
    FROM hardcore_unlock u JOIN game k ON k.id = u.game_id AND k.has_modes
    WHERE u.player_id NOT IN (SELECT id FROM player WHERE NOT is_counted) GROUP BY 1) h ON h.achievement_id = a.id
LEFT JOIN ({COUNTED}) g ON g.scope_id = a.game_id
ORDER BY a.id
ON CONFLICT (achievement_id) DO UPDATE SET
    unlock_count = EXCLUDED.unlock_count, player_count = EXCLUDED.player_count,
    share = EXCLUDED.share, hardcore_share = EXCLUDED.hardcore_share, computed_at = EXCLUDED.computed_at
"""  # noqa: S608 - put together from constants
# The day's last run is the one stored, also where everything was revoked since the run before.
_STORE_DAY = """
INSERT INTO completion_history AS h (achievement_id, day, unlock_count, player_count)
SELECT achievement_id, %(day)s, unlock_count, player_count FROM achievement_completion c
WHERE unlock_count > 0 OR EXISTS (
    SELECT FROM completion_history k WHERE k.achievement_id = c.achievement_id AND k.day = %(day)s)
ORDER BY achievement_id
ON CONFLICT (achievement_id, day) DO UPDATE SET
    unlock_count = excluded.unlock_count, player_count = excluded.player_count
WHERE (h.unlock_count, h.player_count) <> (excluded.unlock_count, excluded.player_count)
"""


def refresh_completion_rates(*, moment: datetime | None = None) -> int:
    """Store the share of players who have earned each achievement, and return the number of achievements.

    A game with fewer than 20 players has no share. Also stores the day's values.
    Repeating it changes only computed_at.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        allow_long_statements()
        cursor.execute(_REFRESH, {"players_min": PLAYERS_MIN, "moment": moment or now()})
        count = int(cursor.rowcount)
        cursor.execute(_STORE_DAY, {"day": (moment or now()).astimezone(UTC).date()})
        return count
