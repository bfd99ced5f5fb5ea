"""The listening end of realtime: one subscription connection a process, handing hints straight to its sockets.

In the place of Channels' pub/sub layer, which needs a queue without bound and two tasks a socket, lets every new socket
wait while Redis is frozen, and can't say when it has lost messages. The names and the encoding are that layer's.
"""

import asyncio
import os
import random
from collections.abc import Iterable
from typing import Any, Protocol

import structlog
from channels.layers import get_channel_layer
from django.conf import settings

from apps.core.realtime.per_loop import PerLoop
from apps.core.redis import client as redis

log = structlog.get_logger(__name__)

# Silence after which Redis is asked for a sign of life, and after as much again taken for gone.
SILENCE_SECONDS = 5.0
RETRY_SECONDS_MIN, RETRY_SECONDS_MAX = 0.05, 2.0
# A new socket goes on without hints after this; its watchdog reads what it misses.
JOIN_SECONDS_MAX = 1.0
SUBSCRIBED_AT_ONCE = 1_000


class Listener(Protocol):
    """Who joins a group."""

    def on_hint(self, message: dict[str, Any]) -> None:
        """Take a message of the group; called on the loop, must not block."""

    def on_silence(self) -> None:
        """Hear that messages of the group may have been lost."""


class Hub:
    """Who listens to what, and the connection that hears it. It has a connection while it has listeners."""

    def __init__(self) -> None:
        # Names this process to others, which can see whether it listens.
        self.id = os.urandom(8)
        self._prefix = f"{settings.SOCKET_PREFIX}__group__"
        self._decode = get_channel_layer().deserialize
        self._listeners: dict[str, set[Listener]] = {}
        self._heard: set[str] = set()
        self._confirmations: dict[str, asyncio.Future[None]] = {}
        # Channels whose listeners were deaf for a while.
        self._missed: set[str] = set()
        # Channels that somebody has joined or left since subscriptions were last brought up to date.
        self._touched: set[str] = set()
        self._changed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def join(self, group: str, listener: Listener) -> None:
        """Add a listener; returns once Redis has confirmed, or without it after JOIN_SECONDS_MAX."""
        channel = self._prefix + group
        self._listeners.setdefault(channel, set()).add(listener)
        if channel in self._heard:
            return
        loop = asyncio.get_running_loop()
        confirmation = self._confirmations.setdefault(channel, loop.create_future())
        self._touch(channel)
        if self._task is None:
            self._task = loop.create_task(self._run())
        confirmed, _ = await asyncio.wait([confirmation], timeout=JOIN_SECONDS_MAX)
        if not confirmed:
            self._missed.add(channel)

    def leave(self, group: str, listener: Listener) -> None:
        channel = self._prefix + group
        listeners = self._listeners.get(channel, set())
        listeners.discard(listener)
        if not listeners and self._listeners.pop(channel, None) is not None:
            self._confirmations.pop(channel, None)
            self._missed.discard(channel)
            self._touch(channel)

    def audience(self, group: str) -> int:
        return len(self._listeners.get(self._prefix + group, ()))

    async def ended(self) -> None:
        """Return when the last listener has left and the connection is closed."""
        if self._task is not None:
            await self._task

    def _touch(self, channel: str) -> None:
        self._touched.add(channel)
        self._changed.set()

    async def _run(self) -> None:
        retry_seconds = RETRY_SECONDS_MIN
        while self._listeners:
            try:
                await self._listen()
            except (redis.RedisError, OSError) as error:
                log.warning("hub.deaf", error=str(error)[:200])
            except Exception:
                log.exception("hub.failed")
            retry_seconds = RETRY_SECONDS_MIN if self._heard else min(retry_seconds * 2, RETRY_SECONDS_MAX)
            self._missed |= self._heard & self._listeners.keys()
            self._heard.clear()
            if self._listeners:
                # All processes lose Redis together; they needn't come back in step.
                await asyncio.sleep(retry_seconds * random.uniform(0.5, 1.0))  # noqa: S311 - no secret
        self._task = None

    async def _listen(self) -> None:
        """Hear messages until there are no listeners. Raises: RedisError, OSError."""
        client = redis.async_client()
        pubsub = client.pubsub()
        tasks: list[asyncio.Task[None]] = []
        try:
            # A channel of its own, so that the connection may be asked for signs of life from the start.
            await pubsub.subscribe(_channel_of(self.id))
            self._touched = set(self._listeners)
            self._changed.set()
            tasks = [asyncio.create_task(self._hear(pubsub)), asyncio.create_task(self._keep_subscribed(pubsub))]
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await pubsub.aclose()
            await client.aclose()

    async def _keep_subscribed(self, pubsub: Any) -> None:
        subscribed: set[str] = set()
        while self._listeners:
            await self._changed.wait()
            self._changed.clear()
            touched, self._touched = self._touched, set()
            joined = {channel for channel in touched if channel in self._listeners and channel not in subscribed}
            left = {channel for channel in touched if channel not in self._listeners and channel in subscribed}
            # Before the round trip: who joins meanwhile must not take the channel for heard.
            self._heard -= left
            await _in_batches(pubsub.unsubscribe, left)
            await _in_batches(pubsub.subscribe, joined)
            subscribed -= left
            subscribed |= joined

    async def _hear(self, pubsub: Any) -> None:
        is_asked = False
        while True:
            message = await pubsub.get_message(timeout=SILENCE_SECONDS)
            if message is not None:
                is_asked = False
                self._take(message["type"], message)
            elif is_asked:
                raise ConnectionError("Redis has gone silent.")
            else:
                is_asked = True
                await pubsub.ping()

    def _take(self, kind: str, message: dict[str, Any]) -> None:
        if kind == "message":
            listeners = self._listeners.get(message["channel"].decode())
            if listeners:
                hint = self._decode(message["data"])
                for listener in tuple(listeners):
                    _hand_over(listener, hint)
        elif kind == "subscribe":
            self._confirm(message["channel"].decode())

    def _confirm(self, channel: str) -> None:
        if channel not in self._listeners:
            return
        self._heard.add(channel)
        if confirmation := self._confirmations.pop(channel, None):
            confirmation.set_result(None)
        if channel in self._missed:
            self._missed.discard(channel)
            for listener in tuple(self._listeners[channel]):
                listener.on_silence()


def _hand_over(listener: Listener, hint: dict[str, Any]) -> None:
    try:
        listener.on_hint(hint)
    except Exception:
        # One socket's trouble, or a hint of another version's, must not make all the others deaf.
        log.exception("hub.hint_refused")


async def _in_batches(send: Any, channels: Iterable[str]) -> None:
    names = list(channels)
    for start in range(0, len(names), SUBSCRIBED_AT_ONCE):
        await send(*names[start : start + SUBSCRIBED_AT_ONCE])


def listening(hubs: Iterable[bytes]) -> set[bytes]:
    """Return which of these hubs are connected at the moment. Raises: RedisAwayError."""
    asked = list(hubs)
    if not asked:
        return set()
    answers = redis.attempt(lambda client: client.pubsub_numsub(*map(_channel_of, asked)))
    return {hub_id for hub_id, (_, count) in zip(asked, answers, strict=True) if count}


def _channel_of(hub_id: bytes) -> str:
    return f"{settings.SOCKET_PREFIX}__group__hub.{hub_id.hex()}"


hub = PerLoop(Hub)
