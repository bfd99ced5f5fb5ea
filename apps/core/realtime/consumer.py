"""The base of live connections: one task, one bounded send queue, and a close code with the reason."""

import asyncio
import time
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, ClassVar

import orjson
import structlog
from channels.consumer import AsyncConsumer, get_handler_name
from channels.exceptions import StopConsumer
from channels.layers import get_channel_layer
from django.db.utils import InterfaceError, OperationalError

from apps.core.realtime.asgi_types import Message, Receive, Scope, Send
from apps.core.realtime.socket_closing import (
    STALLED_SECONDS_MAX,
    CloseCode,
    SocketClosedError,
    close_connection,
    drop_connection,
    reason_of,
)
from apps.core.realtime.watch import watch

log = structlog.get_logger(__name__)

Handler = Callable[[Message], Coroutine[Any, Any, None] | None]
# A frame, or the rest of an asynchronous handler.
Queued = str | Coroutine[Any, Any, None]

# Frames queued for a slow client; at 1 KB a frame a quarter of a megabyte.
FRAMES_WAITING_MAX = 256
OPEN_SECONDS_MAX = 10.0
# The code of a connection that ended without one.
NO_STATUS = 1005


class LiveConsumer(AsyncConsumer, ABC):
    """A Channels consumer served by one task.

    Channels' own waits for the client and the channel layer in two additional tasks, with a queue in between. Here the
    layer calls handlers directly: a plain function runs at once, an asynchronous one runs in the sending task, in
    order. A handler ends the connection by raising SocketClosedError, other code by `end`.
    """

    groups: Sequence[str] = ()
    # Whether nothing but a close goes out before `greet`.
    greets: ClassVar[bool] = False

    def __init__(self) -> None:
        super().__init__()
        self.last_received_at = time.monotonic()
        self.closing: int | None = None
        self._is_greeted = not self.greets
        self._queue: deque[Queued] = deque()
        self._writer: asyncio.Task[None] | None = None
        self._sending_since: float | None = None
        self._task: asyncio.Task[Any] | None = None

    # Life cycle

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.scope, self.base_send = scope, send
        self._task = asyncio.current_task()
        message = await self.first_message(receive)
        self.channel_layer = get_channel_layer(self.channel_layer_alias)
        self.channel_name: str = self.channel_layer.open_channel(self)
        watch().add(self)
        try:
            await self._open(message)
            # The server's own list: not needed any more, and 1 KB per socket.
            scope["headers"].clear()
            while True:
                await self.dispatch(await receive())
        except StopConsumer:
            pass
        except SocketClosedError as closed:
            await self._finish(closed.code, closed.detail)
        except (TimeoutError, OperationalError, InterfaceError):
            await self._finish(CloseCode.TRY_LATER)
        except OSError:
            # The client left during a send.
            pass
        except asyncio.CancelledError:
            # Disconnected by `check`; any other cancellation is the server's.
            if self.closing is None:
                raise
        finally:
            await self._clean_up()

    async def _open(self, message: Message) -> None:
        async with asyncio.timeout(OPEN_SECONDS_MAX):
            await self.dispatch(message)
        if watch().is_leaving:
            self.farewell()

    async def first_message(self, receive: Receive) -> Message:
        """Return the message that requests the connection."""
        return await receive()

    async def dispatch(self, message: Message) -> None:
        """Call the handler for a message's type. Handlers use the database in threads, which clean up themselves."""
        pending = self._handler_of(message)(message)
        if pending is not None:
            await pending

    async def disconnect(self, code: int) -> None:
        """Undo opening; called once, however the connection ends."""

    async def join(self, group: str) -> None:
        """Join a group, until the connection ends."""
        self.groups = [*self.groups, group]
        await self.channel_layer.group_add(group, self.channel_name)

    async def greet(self, **frame: Any) -> None:
        """Send hello, before anything that was queued and before the client's next frame is read."""
        if self.closing is None:
            await self._deliver(self._frame_message(frame_text(type="hello", **frame)))
        self._is_greeted = True
        self.wake()

    async def refill(self) -> bool:
        """Queue more frames when all are sent, if there are any; return whether to call again."""
        return False

    # Called by the channel layer

    def take(self, message: Message) -> None:
        """Handle a message of the channel layer."""
        try:
            pending = self._handler_of(message)(message)
        except SocketClosedError as closed:
            self.end(closed.code)
        else:
            if pending is not None:
                self._put(pending)

    def messages_lost(self) -> None:
        """Handle a possible loss of messages of a group."""

    # Called by other code

    def push(self, text: str) -> None:
        """Queue a frame; a client too slow for its queue is disconnected with a close code."""
        self._put(text)

    def end(self, code: int) -> None:
        """End the connection from outside its own task."""
        if self.closing is None:
            self.closing = code
            self._clear()
            self.wake()

    def farewell(self) -> None:
        """Close with a code that makes the client reconnect elsewhere: this process is stopping."""
        self.end(CloseCode.RESTART)

    def wake(self) -> None:
        """Start the writer, which exists only while there is something to write."""
        if self._writer is None and (self._is_greeted or self.closing is not None):
            self._writer = asyncio.get_running_loop().create_task(self._write())

    def check(self, moment: float) -> None:
        """Disconnect a client that reads nothing; called by the process's watch."""
        if self._sending_since is not None and moment - self._sending_since > STALLED_SECONDS_MAX:
            self._hang_up()

    # The server's protocol

    @abstractmethod
    def _frame_message(self, text: str) -> Message: ...

    @abstractmethod
    def _close_message(self, code: int, reason: str) -> Message: ...

    # The writer, and closing

    def _handler_of(self, message: Message) -> Handler:
        handler: Handler | None = getattr(self, get_handler_name(message), None)
        if handler is None:
            raise ValueError(f"No handler for message type {message['type']}")
        return handler

    def _put(self, item: Queued) -> None:
        if self.closing is None and len(self._queue) < FRAMES_WAITING_MAX:
            self._queue.append(item)
            self.wake()
            return
        _drop(item)
        self.end(CloseCode.TRY_LATER)

    def _clear(self) -> None:
        while self._queue:
            _drop(self._queue.popleft())

    async def _write(self) -> None:
        try:
            while self.closing is None and (self._queue or await self.refill()):
                if self._queue:
                    await self._carry_out(self._queue.popleft())
            if self.closing is not None:
                await self._deliver(self._close_message(self.closing, reason_of(self.closing)))
        except OSError:
            # The client has left; its own task notices too.
            pass
        except Exception:
            log.exception("socket.writer_failed")
            self._hang_up()
        finally:
            self._writer = None

    async def _carry_out(self, item: Queued) -> None:
        if isinstance(item, str):
            await self._deliver(self._frame_message(item))
            return
        try:
            await item
        except SocketClosedError as closed:
            self.end(closed.code)

    async def _deliver(self, message: Message) -> None:
        self._sending_since = time.monotonic()
        await self.base_send(message)
        self._sending_since = None

    async def _finish(self, code: CloseCode, detail: str = "") -> None:
        """Send the reason and close, from the connection's own task."""
        if self.closing is not None:
            return
        self.closing = code
        if self._writer is not None:
            self._writer.cancel()
        await close_connection(self.base_send, code, detail, as_frame=self._frame_message, as_close=self._close_message)

    async def _clean_up(self) -> None:
        watch().remove(self)
        for group in self.groups:
            await self.channel_layer.group_discard(group, self.channel_name)
        self.channel_layer.close_channel(self.channel_name)
        if self._writer is not None:
            self._writer.cancel()
        self._clear()
        await self.disconnect(NO_STATUS if self.closing is None else self.closing)

    def _hang_up(self) -> None:
        """Drop the connection of a client that reads nothing, and end its task."""
        self.closing = self.closing or CloseCode.TRY_LATER
        drop_connection(self.base_send)
        if self._task is not None:
            self._task.cancel()


def frame_text(**frame: Any) -> str:
    return orjson.dumps(frame).decode()


def _drop(item: Queued) -> None:
    if not isinstance(item, str):
        item.close()
