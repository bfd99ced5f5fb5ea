"""A number for every player that rises when their facts change: what is kept of a player carries it.

Best effort, like every cache: whatever is kept runs out by itself as well.
"""

from collections.abc import Callable, Iterable
from uuid import UUID

from apps.core.redis import Client, Pipeline
from apps.core.wakeup import after_commit

# Longer than anything is kept that carries the number.
KEPT_SECONDS = 3600


def key_of(player_id: UUID) -> str:
    return f"fresh:{player_id.hex}"


def touch_players(player_ids: Iterable[UUID]) -> None:
    """Say that facts of these players have changed; call it after the commit."""
    after_commit(*[_touch(player_id) for player_id in set(player_ids)])


def number_of(client: Client, player_id: UUID) -> bytes:
    """Return the player's number as it is now."""
    number: bytes | None = client.get(key_of(player_id))  # type: ignore[assignment]
    return number or b"0"


def _touch(player_id: UUID) -> Callable[[Pipeline], object]:
    def queue(pipeline: Pipeline) -> None:
        pipeline.incr(key_of(player_id))
        pipeline.expire(key_of(player_id), KEPT_SECONDS)

    return queue
