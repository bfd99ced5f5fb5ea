"""A mark for every player that changes with their facts: what is kept of a player carries it.

Best effort, like every cache: whatever is kept runs out by itself as well.
"""

import time
from collections.abc import Iterable
from uuid import UUID

from apps.core.background.wakeup import after_commit
from apps.core.redis.client import Client, Pipeline, attempt

# Longer than anything is kept that carries the mark.
KEPT_SECONDS = 3600


_TOUCH = "for _, key in ipairs(KEYS) do redis.call('SET', key, ARGV[1], 'EX', ARGV[2]) end"


def key_of(player_id: UUID) -> str:
    return f"fresh:{player_id.hex}"


def touch_players(player_ids: Iterable[UUID]) -> None:
    """Say that facts of these players have changed, soon; call it after the commit."""
    keys = [key_of(player_id) for player_id in set(player_ids)]
    after_commit(lambda pipeline: _touch(pipeline, keys))


def touch_players_in(pipeline: Pipeline, player_ids: Iterable[UUID]) -> None:
    """Say so in one command of a pipeline, however many they are."""
    _touch(pipeline, [key_of(player_id) for player_id in set(player_ids)])


def touch_players_now(player_ids: Iterable[UUID]) -> None:
    """Say so at once. Raises: RedisAwayError."""
    keys = [key_of(player_id) for player_id in set(player_ids)]
    attempt(lambda client: _touch(client, keys))


def mark_of(client: Client, player_id: UUID) -> bytes:
    """Return the player's mark as it is now."""
    mark: bytes | None = client.get(key_of(player_id))  # type: ignore[assignment]
    return mark or b""


def _touch(client: Client | Pipeline, keys: list[str]) -> object:
    # Any other mark than before will do, so one script sets the same for all.
    return client.eval(_TOUCH, len(keys), *keys, str(time.time_ns()), str(KEPT_SECONDS)) if keys else None
