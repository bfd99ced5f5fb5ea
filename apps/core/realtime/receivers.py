"""Where messages of a channel go: straight to a connection, or into a queue until somebody receives them."""

import asyncio
import time
from collections import deque
from copy import deepcopy
from typing import Protocol

from channels.exceptions import ChannelFull

from apps.core.realtime.asgi_types import Message


class Receiver(Protocol):
    """Takes the messages of a channel. All is called on the loop and must not block."""

    def take(self, message: Message) -> None:
        """Take a message, which others get too and nobody may change."""

    def messages_lost(self) -> None:
        """Hear that messages of a group may have been lost."""


class MessageQueue(asyncio.Queue[tuple[float, Message]]):
    """What waits for `receive`: at most `capacity` messages, for `expiry` seconds."""

    # Of asyncio's own, which are there to be overridden; its types don't show them.
    _queue: deque[tuple[float, Message]]
    _getters: deque[asyncio.Future[None]]

    def __init__(self, channel: str, *, capacity: int, expiry: float) -> None:
        super().__init__(capacity)
        self._channel = channel
        self._expiry = expiry

    @property
    def is_abandoned(self) -> bool:
        """Whether a message has waited for too long."""
        return not self.empty() and self._queue[0][0] <= time.monotonic()

    @property
    def is_idle(self) -> bool:
        """Whether there is neither a message nor anybody who waits for one."""
        return self.empty() and not any(not getter.done() for getter in self._getters)

    def take(self, message: Message) -> None:
        """Keep a copy of a message. Raises: ChannelFull."""
        while self.is_abandoned:
            self.get_nowait()
        if self.full():
            raise ChannelFull(self._channel)
        self.put_nowait((time.monotonic() + self._expiry, deepcopy(message)))

    def messages_lost(self) -> None:
        """Channels has no word for it."""

    async def next_message(self) -> Message:
        while True:
            expires_at, message = await self.get()
            if expires_at > time.monotonic():
                return message
