"""A version for every player that changes with their data, and one that changes with any player's profile.

Whatever is cached about a player carries the first, and what shows many of them the second.

Best effort, like every cache: cached entries also expire.
"""

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction

from apps.core.background.wakeup import wake_relay
from apps.core.redis.cache_versions import change_versions
from apps.core.redis.client import Pipeline, run_with_breaker

# A profile alone may be so old in a process's memory where its version says nothing.
CACHED_SECONDS = 60
PROFILES_KEY = "fresh:profiles"


def key_of(player_id: UUID) -> str:
    return f"fresh:{player_id.hex}"


def touch_players(player_ids: Iterable[UUID]) -> None:
    """Record a change of these players soon after the commit."""
    keys = [key_of(player_id) for player_id in set(player_ids)]
    transaction.on_commit(lambda: wake_relay(lambda pipeline: change_versions(pipeline, keys)))


def touch_players_in(pipeline: Pipeline, player_ids: Iterable[UUID]) -> None:
    """Record it in one command of a pipeline, for any number of players."""
    change_versions(pipeline, [key_of(player_id) for player_id in set(player_ids)])


def touch_players_now(player_ids: Iterable[UUID]) -> None:
    """Record it at once. Raises: RedisUnavailableError."""
    keys = [key_of(player_id) for player_id in set(player_ids)]
    run_with_breaker(lambda client: change_versions(client, keys))


def touch_profiles_soon(player_ids: Iterable[UUID]) -> None:
    """Record soon after the commit that these players' names, pictures or visibility have changed."""
    keys = _keys_of_profiles(player_ids)
    transaction.on_commit(lambda: wake_relay(lambda pipeline: change_versions(pipeline, keys)))


def touch_profiles_now(player_ids: Iterable[UUID]) -> None:
    """Record it at once. Raises: RedisUnavailableError."""
    keys = _keys_of_profiles(player_ids)
    run_with_breaker(lambda client: change_versions(client, keys))


def _keys_of_profiles(player_ids: Iterable[UUID]) -> list[str]:
    return [PROFILES_KEY, *(key_of(player_id) for player_id in set(player_ids))]
