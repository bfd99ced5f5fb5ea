"""Versions of games, changed with a game or its achievements: one a game, and one for data cached across games."""

from collections.abc import Collection
from uuid import UUID

from apps.core.background.version_changes import change_soon
from apps.core.redis.cache_versions import change_versions_now

KEY = "fresh:games"
# What is counted of games (rarity, players) may be so old in a process's memory.
CACHED_SECONDS = 60


def key_of(game_id: UUID) -> str:
    return f"fresh:game:{game_id.hex}"


def touch_game_soon(game_id: UUID) -> None:
    """Record that a game or an achievement of it has changed, soon after the commit."""
    change_soon([KEY, key_of(game_id)])


def touch_games_now(game_ids: Collection[UUID] = ()) -> None:
    """Record that games have changed, or what is cached across games has. Raises: RedisUnavailableError."""
    change_versions_now([KEY, *map(key_of, game_ids)])
