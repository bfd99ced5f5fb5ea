"""Receivers of a channel's messages: a connection directly, or a queue."""

import asyncio
import time
from collections import deque
from copy import deepcopy
from typing import Protocol

from channels.exceptions import ChannelFull

from apps.core.realtime.asgi_types import Message


class Receiver(Protocol):
    """Receives the messages of a channel. Methods are called on the loop and must not block."""

    def take(self, message: Message) -> None:
        """Receive a message, which is shared with others and must not be changed."""

    def messages_lost(self) -> None:
        """Handle a possible loss of messages of a group."""


class MessageQueue(asyncio.Queue[tuple[float, Message]]):
    """Messages waiting for `receive`: at most `capacity`, for `expiry` seconds."""

    # asyncio's own attributes, meant to be overridden; its types don't show them.
    _queue: deque[tuple[float, Message]]
    _getters: deque[asyncio.Future[None]]

    def __init__(self, channel: str, *, capacity: int, expiry: float) -> None:
        super().__init__(capacity)
        self._channel = channel
        self._expiry = expiry

    @property
    def is_abandoned(self) -> bool:
        """Whether a message has expired."""
        return not self.empty() and self._queue[0][0] <= time.monotonic()

    @property
    def is_idle(self) -> bool:
        """Whether it has neither messages nor waiting receivers."""
        return self.empty() and not any(not getter.done() for getter in self._getters)

    def take(self, message: Message) -> None:
        """Queue a copy of a message. Raises: ChannelFull."""
        while self.is_abandoned:
            self.get_nowait()
        if self.full():
            raise ChannelFull(self._channel)
        self.put_nowait((time.monotonic() + self._expiry, deepcopy(message)))

    def messages_lost(self) -> None:
        """Channels has no such notification."""

    async def next_message(self) -> Message:
        while True:
            expires_at, message = await self.get()
            if expires_at > time.monotonic():
                return message
