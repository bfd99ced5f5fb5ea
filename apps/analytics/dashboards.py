"""A player's dashboard: every game they have played, totals, rank and the latest unlocks; kept as finished bytes."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

import orjson
from django.db import connection

from apps.core.database.sql import read_sql
from apps.core.media import media_url
from apps.core.redis.client import Client, RedisAwayError, attempt
from apps.leaderboards.boards.board import PLATFORM_ID, Board
from apps.leaderboards.queries import PlayerPlace, place_of_player
from apps.leaderboards.standings.completion import percentage
from apps.players import versions
from apps.players.bodies import player_body
from apps.players.models import Player
from apps.unlocks.bodies import unlock_entry_body
from apps.unlocks.queries import latest_unlocks

KEPT_SECONDS = 300
LATEST_COUNT = 10
_MARK_END = b"\n"


@dataclass(frozen=True, slots=True)
class DashboardGame:
    """What a player has done in a game; `achievement_count` of its published achievements, `points` of all earned."""

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

    @property
    def completion_percentage(self) -> float:
        return percentage(self.achievement_count, self.total_achievements)

    @property
    def is_completed(self) -> bool:
        return 0 < self.total_achievements <= self.achievement_count


def dashboard(player: Player, viewer_id: UUID | None, *, key_game_id: UUID | None = None) -> bytes:
    """Return the dashboard as JSON: from Redis when nothing of the player has changed, else built and kept.

    Hidden achievements are masked for who has not earned them, so it is kept for the player, for strangers and for
    the keys of each game, which see what the player earned in that game; a known viewer's is built each time.
    """
    audience = _audience(player, viewer_id, key_game_id)
    if audience is None:
        return _built(player, viewer_id, key_game_id)
    key = f"dashboard:{audience}:{player.id.hex}"
    try:
        mark, kept = attempt(lambda client: _read(client, versions.key_of(player.id), key))
    except RedisAwayError:
        return _built(player, viewer_id, key_game_id)
    if kept.startswith(mark + _MARK_END):
        return kept[len(mark + _MARK_END) :]
    body = _built(player, viewer_id, key_game_id)
    with suppress(RedisAwayError):
        attempt(lambda client: client.set(key, mark + _MARK_END + body, ex=KEPT_SECONDS))
    return body


def _audience(player: Player, viewer_id: UUID | None, key_game_id: UUID | None) -> str | None:
    """Return for whom a dashboard may be kept; None for a viewer of their own."""
    if key_game_id is not None:
        return f"key-{key_game_id.hex}"
    return "own" if viewer_id == player.id else "anyone" if viewer_id is None else None


def _built(player: Player, viewer_id: UUID | None, key_game_id: UUID | None) -> bytes:
    return orjson.dumps(_body(player, viewer_id, key_game_id), option=orjson.OPT_UTC_Z)


def _read(client: Client, mark_key: str, key: str) -> tuple[bytes, bytes]:
    found: list[bytes | None] = client.mget(mark_key, key)  # type: ignore[assignment]
    return found[0] or b"", found[1] or b""


def played_games(player_id: UUID) -> list[DashboardGame]:
    """Return the published games a player has played or earned in, latest first. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_games_statement(), {"player_id": player_id, "platform": PLATFORM_ID})
        rows = cursor.fetchall()
    return [DashboardGame(row[0], row[1], row[2], media_url(row[3] or "") or None, *row[4:]) for row in rows]


@cache
def _games_statement() -> str:
    return read_sql("analytics", "dashboard_games")


def _body(player: Player, viewer_id: UUID | None, key_game_id: UUID | None) -> dict[str, Any]:
    games = played_games(player.id)
    place = place_of_player(Board(PLATFORM_ID), player.id, reach=0)
    latest = latest_unlocks(player.id, viewer_id, count=LATEST_COUNT, key_game_id=key_game_id)
    return {
        "player": player_body(player),
        "totals": {
            "points": sum(game.points for game in games),
            "achievement_count": sum(game.achievement_count for game in games),
            "playtime_seconds": sum(game.playtime_seconds for game in games),
            "game_count": len(games),
            "completed_count": sum(game.is_completed for game in games),
        },
        "rank": None if place is None else _rank_body(place),
        "games": [_game_body(game) for game in games],
        "latest_unlocks": [unlock_entry_body(entry) for entry in latest],
    }


def _rank_body(place: PlayerPlace) -> dict[str, Any]:
    return {"rank": place.row.rank, "total_players": place.total_players, "percentile": place.percentile}


def _game_body(game: DashboardGame) -> dict[str, Any]:
    return {
        "id": game.id,
        "slug": game.slug,
        "name": game.name,
        "cover_url": game.cover_url,
        "playtime_hours": round(game.playtime_seconds / 3600, 2),
        "playtime_seconds": game.playtime_seconds,
        "achievement_count": game.achievement_count,
        "total_achievements": game.total_achievements,
        "completion_percentage": game.completion_percentage,
        "points": game.points,
        "total_points": game.total_points,
        "last_played_at": game.last_played_at,
    }
