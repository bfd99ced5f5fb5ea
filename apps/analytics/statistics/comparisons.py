"""Compares players, in total and in each game."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

from apps.leaderboards.boards.board import PLATFORM_ID
from apps.leaderboards.standings.what_counts import counted

PLAYERS_MAX = 5

_UNCOUNTED = """FROM earned_uncounted e
        JOIN unlock_ever u ON u.player_id = e.player_id AND u.achievement_id = e.achievement_id"""
# Judged for each side, so only what may count there: all of a player's, for each of their games, grows with its square.
_OF_SIDE = f"e.player_id = side.player_id AND side.scope_id IN (e.game_id, '{PLATFORM_ID}')"
_SIDES = f"""
SELECT side.player_id, side.scope_id, played.slug, played.name, side.points + side.uncounted_points,
    side.unlock_count - (
        SELECT count(*) FROM {counted(_UNCOUNTED, _OF_SIDE)}
        WHERE s.is_held AND s.scope_id = side.scope_id),
    coalesce(t.achievement_count, 0)
FROM standing side LEFT JOIN game played
    ON played.id = side.scope_id AND (played.is_published OR played.id = %(seen_id)s::uuid)
LEFT JOIN game_total t ON t.game_id = played.id
WHERE side.player_id = ANY (%(player_ids)s) AND side."window" = 'all'
    AND (side.scope_id = %(platform)s OR played.id IS NOT NULL)
    AND (%(game_id)s::uuid IS NULL OR side.scope_id = %(game_id)s)
ORDER BY played.name, side.scope_id, side.player_id
"""  # noqa: S608 - put together from constants


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
