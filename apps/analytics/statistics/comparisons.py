"""Compares players, in total and in each game."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

from apps.leaderboards.boards.board import PLATFORM_ID

PLAYERS_MAX = 5

_SIDES = """
SELECT s.player_id, s.scope_id, g.slug, g.name, s.points, s.unlock_count - (
        SELECT count(*) FROM earned_uncounted a
        WHERE a.player_id = s.player_id AND (s.scope_id IN (a.game_id, %(platform)s))),
    coalesce(t.achievement_count, 0)
FROM standing s LEFT JOIN game g ON g.id = s.scope_id AND (g.is_published OR g.id = %(seen_id)s::uuid)
LEFT JOIN game_total t ON t.game_id = g.id
WHERE s.player_id = ANY (%(player_ids)s) AND s."window" = 'all'
    AND (s.scope_id = %(platform)s OR g.id IS NOT NULL)
    AND (%(game_id)s::uuid IS NULL OR s.scope_id = %(game_id)s)
ORDER BY g.name, s.scope_id, s.player_id
"""


@dataclass(frozen=True, slots=True)
class Side:
    """A player's published achievements in a game, or in total (scope_id PLATFORM_ID, without a name)."""

    player_id: UUID
    scope_id: UUID
    slug: str | None
    name: str | None
    points: int
    achievement_count: int
    total_achievements: int


def sides_of(player_ids: list[UUID], *, game_id: UUID | None, key_game_id: UUID | None) -> list[Side]:
    """Return each player's record in every game that any of them has played, or in one game. One query.

    Published games and a key's own; a game that is named must be one that the caller may see.
    """
    seen_id = game_id or key_game_id
    chosen: dict[str, Any] = {
        "player_ids": player_ids,
        "platform": PLATFORM_ID,
        "game_id": game_id,
        "seen_id": seen_id,
    }
    with connection.cursor() as cursor:
        cursor.execute(_SIDES, chosen)
        return [Side(*row) for row in cursor.fetchall()]
