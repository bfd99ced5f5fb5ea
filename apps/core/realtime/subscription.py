"""A process's one subscription to Redis: monitored, and restored after a loss."""

import asyncio
import random
from collections.abc import Callable, Iterable
from typing import Any

import structlog
from channels_redis.pubsub import RedisSingleShardConnection

from apps.core.redis.client import RedisError

log = structlog.get_logger(__name__)

# After this much silence Redis is pinged, and after as much again considered lost.
SILENCE_SECONDS = 5.0
RETRY_SECONDS_MIN, RETRY_SECONDS_MAX = 0.05, 2.0
# Subscribers continue without messages after this, and are notified of the gap later.
SUBSCRIBE_SECONDS_MAX = 1.0
SUBSCRIBED_AT_ONCE = 1_000


class Subscription(RedisSingleShardConnection):
    """A process's subscribed channels. It is connected while there are any.

    `own` is subscribed first, so that the connection can be monitored from the start. `on_message` is called with each
    message, `on_gap` with each channel that may have lost some; both on the loop.

    Channels-redis's own connection blocks every subscriber while Redis is frozen, and doesn't report losses.
    """

    def __init__(
        self, host: dict[str, Any], own: str, *, on_message: Callable[[str, bytes], None], on_gap: Callable[[str], None]
    ) -> None:
        super().__init__(host, None)
        self._own, self._on_message, self._on_gap = own, on_message, on_gap
        self._wanted: set[str] = set()
        # Confirmed by Redis.
        self._subscribed: set[str] = set()
        self._confirmations: dict[str, asyncio.Future[None]] = {}
        # Without messages for a while.
        self._missed: set[str] = set()
        # Added or removed since the last update of Redis.
        self._touched: set[str] = set()
        self._changed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def subscribe(self, channel: str) -> None:
        """Subscribe to a channel; returns once Redis has confirmed, at the latest after SUBSCRIBE_SECONDS_MAX."""
        self.want(channel)
        if channel in self._subscribed:
            return
        confirmation = self._confirmations.setdefault(channel, asyncio.get_running_loop().create_future())
        confirmed, _ = await asyncio.wait([confirmation], timeout=SUBSCRIBE_SECONDS_MAX)
        if not confirmed and channel in self._wanted:
            self._missed.add(channel)

    def want(self, channel: str) -> None:
        """Subscribe to a channel without waiting for Redis."""
        if channel in self._wanted:
            return
        self._wanted.add(channel)
        self._touch(channel)
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._run())

    def drop(self, channel: str) -> None:
        if channel in self._wanted:
            self._wanted.remove(channel)
            self._confirmations.pop(channel, None)
            self._missed.discard(channel)
            self._touch(channel)

    async def closed(self) -> None:
        """Return when nothing is subscribed and the connection is closed."""
        if self._task is not None:
            # A closing loop has cancelled it.
            await asyncio.wait([self._task])

    async def flush(self) -> None:
        """Unsubscribe from everything, and close the connection."""
        for channel in tuple(self._wanted):
            self.drop(channel)
        await self.closed()

    def _touch(self, channel: str) -> None:
        self._touched.add(channel)
        self._changed.set()

    async def _run(self) -> None:
        try:
            await self._stay_connected()
        finally:
            self._task = None

    async def _stay_connected(self) -> None:
        retry_seconds = RETRY_SECONDS_MIN
        while self._wanted:
            try:
                await self._listen()
            except (RedisError, OSError) as error:
                log.warning("channel_layer.disconnected", error=str(error)[:200])
            except Exception:
                log.exception("channel_layer.failed")
            retry_seconds = RETRY_SECONDS_MIN if self._subscribed else min(retry_seconds * 2, RETRY_SECONDS_MAX)
            self._missed |= self._subscribed & self._wanted
            self._subscribed.clear()
            if self._wanted:
                # With jitter, as all processes lose Redis at the same time.
                await asyncio.sleep(retry_seconds * random.uniform(0.5, 1.0))  # noqa: S311 - no secret

    async def _listen(self) -> None:
        """Receive messages while anything is subscribed. Raises: RedisError, OSError."""
        tasks: list[asyncio.Task[None]] = []
        self._ensure_redis()
        try:
            await self._pubsub.subscribe(self._own)
            self._touched = set(self._wanted)
            self._changed.set()
            tasks = [asyncio.create_task(self._receive()), asyncio.create_task(self._keep_subscribed())]
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self._pubsub.aclose()
            # Its own flush closes the connection and drops it, so that the next one is new.
            await super().flush()

    async def _keep_subscribed(self) -> None:
        subscribed = {self._own}
        while self._wanted:
            await self._changed.wait()
            self._changed.clear()
            touched, self._touched = self._touched, set()
            joined = (touched & self._wanted) - subscribed
            left = (touched - self._wanted) & subscribed
            # Before the round trip: concurrent subscribers must not consider the channel confirmed.
            self._subscribed -= left
            await _in_batches(self._pubsub.unsubscribe, left)
            await _in_batches(self._pubsub.subscribe, joined)
            subscribed -= left
            subscribed |= joined

    async def _receive(self) -> None:
        is_ping_sent = False
        while True:
            message = await self._pubsub.get_message(timeout=SILENCE_SECONDS)
            if message is not None:
                is_ping_sent = False
                self._take(message["type"], message)
            elif is_ping_sent:
                raise ConnectionError("Redis has gone silent.")
            else:
                is_ping_sent = True
                await self._pubsub.ping()

    def _take(self, kind: str, message: dict[str, Any]) -> None:
        if kind == "message":
            self._on_message(message["channel"].decode(), message["data"])
        elif kind == "subscribe":
            self._confirm(message["channel"].decode())

    def _confirm(self, channel: str) -> None:
        if channel not in self._wanted:
            return
        self._subscribed.add(channel)
        if confirmation := self._confirmations.pop(channel, None):
            confirmation.set_result(None)
        if channel in self._missed:
            self._missed.discard(channel)
            self._on_gap(channel)


async def _in_batches(send: Any, channels: Iterable[str]) -> None:
    names = list(channels)
    for start in range(0, len(names), SUBSCRIBED_AT_ONCE):
        await send(*names[start : start + SUBSCRIBED_AT_ONCE])
