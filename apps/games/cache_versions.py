"""Versions of games, changed with a game or its achievements: one a game, and one for data cached across games."""

from collections.abc import Collection
from uuid import UUID

from django.db import transaction

from apps.core.background.wakeup import wake_relay
from apps.core.redis.cache_versions import change_versions
from apps.core.redis.client import run_with_breaker

KEY = "fresh:games"
# What is counted of games (rarity, players) may be so old in a process's memory.
CACHED_SECONDS = 60


def key_of(game_id: UUID) -> str:
    return f"fresh:game:{game_id.hex}"


def touch_game_soon(game_id: UUID) -> None:
    """Record that a game or an achievement of it has changed, soon after the commit."""
    keys = [KEY, key_of(game_id)]
    transaction.on_commit(lambda: wake_relay(lambda pipeline: change_versions(pipeline, keys)))


def touch_games_now(game_ids: Collection[UUID] = ()) -> None:
    """Record that games have changed, or what is cached across games has. Raises: RedisUnavailableError."""
    keys = [KEY, *map(key_of, game_ids)]
    run_with_breaker(lambda client: change_versions(client, keys))
