"""Completion: how many of the published achievements of a game's base set a player has earned.

Other sets' achievements, and those archived since, keep their points and their place on profiles, but count on neither
side. SQL joins the view `earned_uncounted` to exclude them; this does the same for Python.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from apps.games.models import SetKind

_EARNED = """
SELECT s.scope_id, s.unlock_count - coalesce(gone.unlock_count, 0),
    s.points + s.uncounted_points - coalesce(gone.points, 0)
FROM standing s LEFT JOIN (
    SELECT game_id, count(*) AS unlock_count, sum(points) AS points FROM earned_uncounted
    WHERE player_id = %(player_id)s AND game_id = ANY (%(game_ids)s) GROUP BY 1) gone ON gone.game_id = s.scope_id
WHERE s.player_id = %(player_id)s AND s.scope_id = ANY (%(game_ids)s) AND s."window" = 'all'
"""

_BY_SET = """
SELECT s.id, s.key, s.kind, s.title, s.icon, s.opens_at, s.closes_at,
    count(a.id), coalesce(sum(a.points), 0),
    count(u.player_id), coalesce(sum(a.points) FILTER (WHERE u.player_id IS NOT NULL), 0)
FROM achievement_set s
LEFT JOIN achievement a ON a.set_id = s.id AND a.state = 'published'
LEFT JOIN unlock_ever u ON u.player_id = %(player_id)s AND u.achievement_id = a.id
WHERE s.game_id = %(game_id)s
GROUP BY s.id ORDER BY s.kind <> 'base', s.position, s.id
"""


@dataclass(frozen=True, slots=True)
class SetCompletion:
    """A set of a game: its published achievements and their points, and how much of that a player has earned."""

    id: UUID
    key: str
    kind: str
    title: str
    icon: str
    opens_at: datetime | None
    closes_at: datetime | None
    achievement_count: int
    points: int
    earned_count: int
    earned_points: int

    @property
    def is_counted(self) -> bool:
        """Whether there is something to complete: a retired set only keeps what was earned."""
        return self.kind != SetKind.RETIRED

    @property
    def kind_name(self) -> str:
        return str(SetKind(self.kind).label)

    @property
    def percentage(self) -> float | None:
        return percentage(self.earned_count, self.achievement_count) if self.is_counted else None


@dataclass(frozen=True, slots=True)
class EarnedOfPublished:
    """A player's share of the published achievements of a game's base set."""

    achievement_count: int = 0
    points: int = 0


def earned_of_published(player_id: UUID, game_ids: Collection[UUID]) -> dict[UUID, EarnedOfPublished]:
    """Return the player's record in each game they have earned anything in. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_EARNED, {"player_id": player_id, "game_ids": list(game_ids)})
        return {game_id: EarnedOfPublished(int(count), int(points)) for game_id, count, points in cursor.fetchall()}


def completion_by_set(game_id: UUID, player_id: UUID | None) -> list[SetCompletion]:
    """Return a game's sets, the base set first, with what the player has earned of each. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_BY_SET, {"game_id": game_id, "player_id": player_id})
        return [SetCompletion(*row) for row in cursor.fetchall()]


def percentage(achievement_count: int, total: int) -> float:
    """Return the percentage of a set's published achievements earned, 0 to 100; 0 without any."""
    return round(min(100.0, 100 * achievement_count / total), 2) if total else 0.0
