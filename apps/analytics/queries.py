"""Reads of the games that a player has played or earned in."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from uuid import UUID

from django.db import connection

from apps.core.database.sql import read_sql
from apps.core.media import media_url
from apps.leaderboards.boards.board import PLATFORM_ID
from apps.leaderboards.standings.completion import percentage


@dataclass(frozen=True, slots=True)
class DashboardGame:
    """A player's record in a game; counts are of its base set, `points` of everything earned.

    `completed_at` is None without a crown.
    """

    id: UUID
    slug: str
    name: str
    cover_url: str | None
    playtime_seconds: int
    achievement_count: int
    points: int
    last_played_at: datetime
    total_achievements: int
    total_points: int
    completed_at: datetime | None
    # Of everything earned, as `points` are.
    unlock_count: int

    @property
    def completion_percentage(self) -> float:
        return percentage(self.achievement_count, self.total_achievements)


def played_games(player_id: UUID, *, key_game_id: UUID | None = None) -> list[DashboardGame]:
    """Return the games a player has played or earned in, most recent first: published ones and a key's. One query."""
    with connection.cursor() as cursor:
        chosen = {"player_id": player_id, "platform": PLATFORM_ID, "key_game_id": key_game_id}
        cursor.execute(_games_statement(), chosen)
        rows = cursor.fetchall()
    return [DashboardGame(row[0], row[1], row[2], media_url(row[3] or "") or None, *row[4:]) for row in rows]


@cache
def _games_statement() -> str:
    return read_sql("analytics", "dashboard_games")
