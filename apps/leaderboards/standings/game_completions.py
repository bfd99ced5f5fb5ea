"""Detects players who have earned every published achievement of a game."""

from collections.abc import Sequence
from uuid import UUID

from django.db import connection

from apps.core.clock import now
from apps.core.database.sql import text_array
from apps.games.events import AchievementArchived
from apps.leaderboards.boards.windows import BEGINNING
from apps.leaderboards.events import GameCompleted
from apps.unlocks.events import AchievementUnlocked

# Standings, already updated by the step, rule out nearly everyone; the ledger decides for the rest.
_COMPLETED = f"""
WITH published AS (
    SELECT game_id, count(*) AS total FROM achievement
    WHERE game_id = ANY (%(games)s::text::uuid[]) AND state = 'published' GROUP BY game_id
)
SELECT e.player_id, e.game_id, p.total
FROM unnest(%(player_ids)s::text::uuid[], %(game_ids)s::text::uuid[]) AS e (player_id, game_id)
JOIN published p ON p.game_id = e.game_id
JOIN standing s ON s.player_id = e.player_id AND s.scope_id = e.game_id AND s."window" = 'all'
    AND s.opened_on = '{BEGINNING}' AND s.unlock_count >= p.total
WHERE NOT EXISTS (
    SELECT FROM achievement a WHERE a.game_id = e.game_id AND a.state = 'published' AND NOT EXISTS (
        SELECT FROM unlock_ever u WHERE u.player_id = e.player_id AND u.achievement_id = a.id))
"""  # noqa: S608 - put together from constants


# A player with the archived ones and all others had completed the game before.
_COMPLETED_BY_ARCHIVING = f"""
WITH archived AS (
    SELECT * FROM unnest(%(games)s::text::uuid[], %(achievement_ids)s::text::uuid[]) AS a (game_id, achievement_id)
), published AS (
    SELECT game_id, count(*) AS total FROM achievement
    WHERE game_id IN (SELECT game_id FROM archived) AND state = 'published' GROUP BY game_id
)
SELECT s.player_id, p.game_id, p.total
FROM published p JOIN standing s ON s.scope_id = p.game_id AND s."window" = 'all' AND s.opened_on = '{BEGINNING}'
    AND s.unlock_count >= p.total
WHERE EXISTS (
        SELECT FROM archived a WHERE a.game_id = p.game_id AND NOT EXISTS (
            SELECT FROM unlock_ever u WHERE u.player_id = s.player_id AND u.achievement_id = a.achievement_id))
    AND NOT EXISTS (
        SELECT FROM achievement a WHERE a.game_id = p.game_id AND a.state = 'published' AND NOT EXISTS (
            SELECT FROM unlock_ever u WHERE u.player_id = s.player_id AND u.achievement_id = a.id))
"""  # noqa: S608 - put together from constants


def completed_by(events: Sequence[AchievementUnlocked]) -> list[GameCompleted]:
    """Return the completions caused by these unlocks. One query."""
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
        return _events(cursor.fetchall())


def completed_by_archiving(events: Sequence[AchievementArchived]) -> list[GameCompleted]:
    """Return the completions of players who lacked only archived achievements. One query over the games' players."""
    with connection.cursor() as cursor:
        cursor.execute(
            _COMPLETED_BY_ARCHIVING,
            {
                "games": text_array(event.game_id.hex for event in events),
                "achievement_ids": text_array(event.achievement_id.hex for event in events),
            },
        )
        return _events(cursor.fetchall())


def _events(rows: Sequence[tuple[UUID, UUID, int]]) -> list[GameCompleted]:
    moment = now()
    return [GameCompleted(player_id, game_id, total, moment) for player_id, game_id, total in rows]
