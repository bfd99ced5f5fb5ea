"""Who has earned every published achievement of a game."""

from collections.abc import Sequence

from django.db import connection

from apps.core.clock import now
from apps.core.sql import text_array
from apps.notifications.events import GameCompleted
from apps.unlocks.events import AchievementUnlocked

# Standings, which the step has moved before, rule out nearly everyone; the ledger decides for the others.
_COMPLETED = """
WITH published AS (
    SELECT game_id, count(*) AS total FROM achievement
    WHERE game_id = ANY (%(games)s::text::uuid[]) AND state = 'published' GROUP BY game_id
)
SELECT e.player_id, e.game_id, p.total
FROM unnest(%(player_ids)s::text::uuid[], %(game_ids)s::text::uuid[]) AS e (player_id, game_id)
JOIN published p ON p.game_id = e.game_id
JOIN standing s ON s.player_id = e.player_id AND s.scope_id = e.game_id AND s."window" = 'all'
    AND s.opened_on = '1970-01-01' AND s.unlock_count >= p.total
WHERE NOT EXISTS (
    SELECT FROM achievement a WHERE a.game_id = e.game_id AND a.state = 'published' AND NOT EXISTS (
        SELECT FROM unlock_ever u WHERE u.player_id = e.player_id AND u.achievement_id = a.id))
"""


def completed_by(events: Sequence[AchievementUnlocked]) -> list[GameCompleted]:
    """Return the completions that these unlocks brought. One query."""
    earned = sorted({(event.player_id, event.game_id) for event in events})
    with connection.cursor() as cursor:
        cursor.execute(
            _COMPLETED,
            {
                "games": text_array({game_id.hex for _, game_id in earned}),
                "player_ids": text_array(player_id.hex for player_id, _ in earned),
                "game_ids": text_array(game_id.hex for _, game_id in earned),
            },
        )
        moment = now()
        return [GameCompleted(player_id, game_id, total, moment) for player_id, game_id, total in cursor.fetchall()]
