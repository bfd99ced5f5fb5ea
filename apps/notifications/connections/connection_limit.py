"""The connection limit: five per player across all processes; the sixth replaces the oldest.

Connections opened by a game's server count separately, per game: they never replace the player's own.

Connections are stored in Redis, a sorted set per player, until some time after the last renewal. An entry names its
process by the channel layer's name, which shows whether the process is still subscribed before anyone is replaced:
Redis knows at once when it is killed. Without Redis each process counts alone.
"""

import asyncio
import time
from collections.abc import Collection, Sequence
from functools import partial
from typing import Any

from apps.core.asgi.micro_batching import MicroBatcher
from apps.core.realtime import publishing
from apps.core.realtime.channel_layer import configured_layer
from apps.core.realtime.per_loop import PerLoop
from apps.core.realtime.threads import in_thread
from apps.core.realtime.watch import watch
from apps.core.redis import client as redis
from apps.core.redis.client import RedisUnavailableError
from apps.games.auth.credentials import Holder
from apps.notifications.connections.catch_up import LiveReader, catch_up
from apps.players.channel_groups import player_group

CONNECTIONS_MAX = 5
# A share of the entries is renewed each round: all within 40 seconds, where each round took 10,000 sockets 0.3 s of
# CPU.
ROUNDS_TO_RENEW = 10
EXPIRY_SECONDS = 150
# Concurrent connects are processed together: 0.9 ms of CPU each, where one by one took 3.5.
BATCH_SIZE = 200
# An entry's leading bytes: its time, so that entries sort by age; its process follows.
_AGE_BYTES = 8

# A holder with one of its entries.
HeldSlot = tuple[Holder, bytes]


class ConnectionSlots:
    """The entries of this process's connections."""

    def __init__(self) -> None:
        self._process: bytes = configured_layer().process
        enter = partial(_enter, self._process)
        self._entering: MicroBatcher[HeldSlot, None] = MicroBatcher(enter, batches_max=1, size_max=BATCH_SIZE)
        self._left: list[HeldSlot] = []
        self._leaving: asyncio.Task[None] | None = None
        self._latest = 0
        self._turn = 0
        watch().every_round(self.round)

    async def take(self, holder: Holder, reader: LiveReader) -> None:
        """Add a connection; over the limit the holder's oldest is closed."""
        self._latest = max(time.time_ns(), self._latest + 1)
        reader.slot = self._latest.to_bytes(_AGE_BYTES) + self._process
        try:
            await self._entering.call((holder, reader.slot))
        except RedisUnavailableError:
            readers = [other for other in catch_up().readers.get(holder[0], ()) if other.holder == holder]
            surplus = surplus_of({other.slot for other in readers})
            for other in readers:
                other.close_if_replaced(surplus)

    def leave(self, holder: Holder, slot: bytes) -> None:
        self._left.append((holder, slot))
        if self._leaving is None:
            self._leaving = asyncio.get_running_loop().create_task(self._clear())

    async def round(self) -> None:
        self._turn = (self._turn + 1) % ROUNDS_TO_RENEW
        due = [
            (reader.holder, reader.slot)
            for player_id, readers in catch_up().readers.items()
            if player_id.int % ROUNDS_TO_RENEW == self._turn
            for reader in readers
            if reader.slot and reader.holder
        ]
        try:
            await in_thread(_enter, self._process, due)
        except RedisUnavailableError:
            # Entries are added again when it is back.
            return

    async def ended(self) -> None:
        """Return when all closed connections are removed."""
        if self._leaving is not None:
            await self._leaving

    async def _clear(self) -> None:
        """Remove closed connections from Redis; those closed during the round trip go with the next one."""
        while self._left:
            left, self._left = self._left, []
            try:
                await in_thread(_remove, left)
            except RedisUnavailableError:
                # They expire.
                continue
        self._leaving = None


connection_slots = PerLoop(ConnectionSlots)


def surplus_of(taken: Collection[bytes]) -> list[bytes]:
    """Return the oldest of a holder's entries, those over the limit."""
    return sorted(taken)[:-CONNECTIONS_MAX]


def _key(holder: Holder) -> str:
    player_id, game_id = holder
    return f"connections:{player_id.hex}:{game_id.hex}" if game_id else f"connections:{player_id.hex}"


def _enter(process: bytes, taken: Sequence[HeldSlot]) -> Sequence[None]:
    """Add or renew entries, and close connections over the limit. Raises: RedisUnavailableError."""
    until = time.time() + EXPIRY_SECONDS

    def enter(client: redis.Client) -> list[int]:
        pipeline = client.pipeline(transaction=False)
        for holder, slot in taken:
            pipeline.zadd(_key(holder), {slot: until})
            pipeline.expire(_key(holder), EXPIRY_SECONDS)
            pipeline.zcard(_key(holder))
        return list(pipeline.execute())[2::3]

    counts = redis.run_with_breaker(enter) if taken else []
    for holder in {holder for (holder, _), count in zip(taken, counts, strict=True) if count > CONNECTIONS_MAX}:
        _clear_out(holder, process)
    return [None] * len(taken)


def _clear_out(holder: Holder, process: bytes) -> None:
    """Remove entries of dead processes, and close the oldest others over the limit. Raises: RedisUnavailableError."""
    key = _key(holder)
    redis.run_with_breaker(lambda client: client.zremrangebyscore(key, "-inf", time.time()))
    taken: list[Any] = redis.run_with_breaker(lambda client: client.zrange(key, 0, -1))
    living = configured_layer().listening({slot[_AGE_BYTES:] for slot in taken} - {process}) | {process}
    gone = [slot for slot in taken if slot[_AGE_BYTES:] not in living]
    surplus = surplus_of(set(taken) - set(gone))
    if gone or surplus:
        redis.run_with_breaker(lambda client: client.zrem(key, *gone, *surplus))
    if surplus:
        publishing.publish([(player_group(holder[0]), {"type": "player.replaced", "slots": surplus})])


def _remove(left: Sequence[HeldSlot]) -> None:
    def remove(client: redis.Client) -> None:
        pipeline = client.pipeline(transaction=False)
        for holder, slot in left:
            pipeline.zrem(_key(holder), slot)
        pipeline.execute()

    redis.run_with_breaker(remove)
