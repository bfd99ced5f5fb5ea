"""A player's dashboard: games played, totals, rank and latest unlocks; cached as finished bytes."""

from uuid import UUID

from apps.analytics.bodies import dashboard_body
from apps.analytics.queries import played_games
from apps.core.api.wire.responses import to_json
from apps.core.redis.versioned_cache import CacheEntry, FinishedBytes, cached
from apps.games import cache_versions as game_versions
from apps.leaderboards.boards.board import PLATFORM_ID, Board
from apps.leaderboards.places import rank_of_player
from apps.players import cache_versions
from apps.players.models import Player
from apps.unlocks.queries import latest_unlocks

CACHED_SECONDS = 300
LATEST_COUNT = 10


def dashboard(player: Player, viewer_id: UUID | None, *, key_game_id: UUID | None = None) -> bytes:
    """Return the dashboard as JSON: cached until the player or a game changes.

    Hidden achievements are masked unless earned, so it is cached separately for the player, for strangers and for each
    game's keys, which see what the player earned there; for other viewers it is built each time.
    """

    def make() -> FinishedBytes:
        return FinishedBytes(_made(player, viewer_id, key_game_id))

    audience = _audience(player, viewer_id, key_game_id)
    return (make() if audience is None else cached(_entry(player.id, audience), make)).body


def _entry(player_id: UUID, audience: str) -> CacheEntry:
    of_player = cache_versions.key_of(player_id)
    return CacheEntry(f"dashboard-bytes:{audience}:{player_id.hex}", CACHED_SECONDS, (of_player, game_versions.KEY))


def _audience(player: Player, viewer_id: UUID | None, key_game_id: UUID | None) -> str | None:
    """Return the audience that a dashboard is cached for; None for other viewers."""
    if key_game_id is not None:
        return f"key-{key_game_id.hex}"
    return "own" if viewer_id == player.id else "anyone" if viewer_id is None else None


def _made(player: Player, viewer_id: UUID | None, key_game_id: UUID | None) -> bytes:
    games = played_games(player.id, key_game_id=key_game_id)
    player_rank = rank_of_player(Board(PLATFORM_ID), player.id, reach=0)
    latest = latest_unlocks(player.id, viewer_id, count=LATEST_COUNT, key_game_id=key_game_id)
    return to_json(dashboard_body(player, games=games, player_rank=player_rank, latest=latest))
