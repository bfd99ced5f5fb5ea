"""Reads of the games that a player has played or earned in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any
from uuid import UUID

from django.db import connection

from apps.core.database.sql import id_array
from apps.core.media import media_url
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


def played_games(player_ids: Sequence[UUID], key_game_ids: Sequence[UUID | None]) -> list[list[DashboardGame]]:
    """Return the games that each player has played or earned in, most recent first: published ones and a key's.

    One query for any number of players.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT * FROM played_games(%s::uuid[], %s::uuid[])", [id_array(player_ids), id_array(key_game_ids)]
        )
        rows = cursor.fetchall()
    games = {number: [_game(row) for row in found] for number, found in groupby(rows, itemgetter(0))}
    return [games.get(number, []) for number in range(1, len(player_ids) + 1)]


def _game(row: Sequence[Any]) -> DashboardGame:
    _, game_id, slug, name, cover, *rest = row
    return DashboardGame(game_id, slug, name, media_url(cover or "") or None, *rest)
