"""Completion: how many of a game's published achievements a player has earned.

Achievements archived since keep their points and their place on profiles, but count on neither side. SQL joins the view
`earned_archived` to exclude them; this does the same for Python.
"""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db import connection

_EARNED = """
SELECT s.scope_id, s.unlock_count - coalesce(gone.unlock_count, 0), s.points - coalesce(gone.points, 0)
FROM standing s LEFT JOIN (
    SELECT game_id, count(*) AS unlock_count, sum(points) AS points FROM earned_archived
    WHERE player_id = %(player_id)s AND game_id = ANY (%(game_ids)s) GROUP BY 1) gone ON gone.game_id = s.scope_id
WHERE s.player_id = %(player_id)s AND s.scope_id = ANY (%(game_ids)s) AND s."window" = 'all'
"""


@dataclass(frozen=True, slots=True)
class EarnedOfPublished:
    """A player's share of a game's published achievements."""

    achievement_count: int = 0
    points: int = 0


def earned_of_published(player_id: UUID, game_ids: Collection[UUID]) -> dict[UUID, EarnedOfPublished]:
    """Return the player's record in each game they have earned anything in. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_EARNED, {"player_id": player_id, "game_ids": list(game_ids)})
        return {game_id: EarnedOfPublished(int(count), int(points)) for game_id, count, points in cursor.fetchall()}


def percentage(achievement_count: int, total: int) -> float:
    """Return the percentage of a game's published achievements earned, 0 to 100; 0 without any."""
    return round(min(100.0, 100 * achievement_count / total), 2) if total else 0.0
