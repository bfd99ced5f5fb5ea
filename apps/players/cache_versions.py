"""A version for every player that changes with their data: whatever is cached about a player carries it.

Best effort, like every cache: cached entries also expire.
"""

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction

from apps.core.background.wakeup import wake_relay
from apps.core.redis.cache_versions import change_versions
from apps.core.redis.client import Pipeline, run_with_breaker


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
