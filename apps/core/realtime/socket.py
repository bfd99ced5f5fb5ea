"""A socket's manners: one bounded queue out, one bounded stream in, and a close code that says why it ended."""

import asyncio
import socket
import struct
import time
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from django.db.utils import InterfaceError, OperationalError

from apps.core.parsing.json_text import MalformedJSONError, read_json
from apps.core.realtime.close_codes import EXPLAINED, CloseCode
from apps.core.realtime.watch import watch

log = structlog.get_logger(__name__)

Scope = dict[str, Any]
Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

# Frames kept for a client that reads slowly; at 1 KB a frame a quarter of a megabyte.
FRAMES_WAITING_MAX = 256
# A client that takes nothing at all for so long is hung up on.
STALLED_SECONDS_MAX = 10.0
# What a client may say: a heartbeat each 25 s and an acknowledgement now and then; a burst after a reconnect.
FRAMES_IN_BURST, FRAMES_IN_PER_SECOND = 20, 2.0
FRAME_IN_CHARACTERS_MAX = 4096
OPEN_SECONDS_MAX = 10.0
HEARTBEAT_SECONDS = 25
HEARTBEATS_MISSED_MAX = 2.5
# struct linger: on, for no time.
_NO_LINGER = struct.pack("ii", 1, 0)


class SocketClosedError(Exception):
    """The socket ends, for the reason its code names."""

    def __init__(self, code: CloseCode) -> None:
        self.code = code
        super().__init__(code.name)


class Socket(ABC):
    """One connection, as an ASGI application. Subclasses open it, and say what frames and hints mean to them."""

    # An idle socket is this object, its task and what the server keeps; slots are worth 0.5 KB of 24.
    __slots__ = (
        "_allowance",
        "_allowed_at",
        "_frames",
        "_send",
        "_sending_since",
        "_task",
        "_writer",
        "closing",
        "heard_at",
        "scope",
    )

    is_heartbeat_expected = False

    def __init__(self, scope: Scope, send: Send) -> None:
        self.scope = scope
        self.heard_at = self._allowed_at = time.monotonic()
        self.closing: CloseCode | None = None
        self._send = send
        self._frames: deque[str] = deque()
        self._writer: asyncio.Task[None] | None = None
        self._sending_since: float | None = None
        self._allowance: float = FRAMES_IN_BURST
        self._task: asyncio.Task[Any] | None = None

    @classmethod
    def as_asgi(cls) -> Callable[[Scope, Receive, Send], Awaitable[None]]:
        async def application(scope: Scope, receive: Receive, send: Send) -> None:
            await cls(scope, send).serve(receive)

        return application

    # What subclasses fill in

    @abstractmethod
    async def open(self) -> None:
        """Accept the connection, or refuse it. Raises: SocketClosedError."""

    def take(self, frame: dict[str, Any]) -> None:
        """Act on a client's frame. Raises: SocketClosedError."""
        raise SocketClosedError(CloseCode.BAD_FRAME)

    async def refill(self) -> bool:
        """Queue more frames when all are sent, if there are any to be had; return whether to ask again."""
        return False

    def leave(self) -> None:  # noqa: B027 - not every socket has something to undo
        """Undo what open did."""

    # The connection's life

    async def serve(self, receive: Receive) -> None:
        """Run the connection from its first message to its last."""
        self._task = asyncio.current_task()
        await self._hear_out(receive)
        watch().add(self)
        try:
            async with asyncio.timeout(OPEN_SECONDS_MAX):
                await self.open()
            # The server's own list: of no more use to anybody, and a KB a socket.
            self.scope["headers"].clear()
            while not (message := await receive())["type"].endswith(".disconnect"):
                self._read(message)
        except SocketClosedError as closed:
            await self._finish(closed.code)
        except (TimeoutError, OperationalError, InterfaceError):
            await self._finish(CloseCode.TRY_LATER)
        except OSError:
            # The client left while we spoke.
            pass
        except asyncio.CancelledError:
            # Hung up on by `check`; any other cancellation is the server's.
            if self.closing is None:
                raise
        finally:
            watch().remove(self)
            self.leave()
            if self._writer is not None:
                self._writer.cancel()

    def farewell(self) -> None:
        """Send the client elsewhere: this process ends."""
        self.close(CloseCode.RESTART)

    # How the server's protocol says things

    async def accept(self) -> None:
        await self._send({"type": "websocket.accept"})

    async def _hear_out(self, receive: Receive) -> None:
        """Take the message that asks for the connection."""
        await receive()

    def _telling(self, text: str) -> Message:
        return {"type": "websocket.send", "text": text}

    def _ending(self, code: CloseCode) -> Message:
        return {"type": "websocket.close", "code": code}

    # What others ask of it

    def push(self, text: str) -> None:
        """Queue a frame; a client too slow for its queue is told so and let go."""
        if self.closing is not None:
            return
        if len(self._frames) >= FRAMES_WAITING_MAX:
            self.close(CloseCode.TRY_LATER)
            return
        self._frames.append(text)
        self.wake()

    def close(self, code: CloseCode) -> None:
        """End the connection from outside its own task."""
        if self.closing is None:
            self.closing = code
            self._frames.clear()
            self.wake()

    def wake(self) -> None:
        """Have the writer run; it exists only while there is something to write."""
        if self._writer is None:
            self._writer = asyncio.get_running_loop().create_task(self._write())

    def check(self, moment: float) -> None:
        """Let go of a client that is silent or takes nothing; called by the process's watch."""
        if self._sending_since is not None and moment - self._sending_since > STALLED_SECONDS_MAX:
            self._hang_up()
        elif self.is_heartbeat_expected and moment - self.heard_at > HEARTBEAT_SECONDS * HEARTBEATS_MISSED_MAX:
            self.close(CloseCode.HEARTBEAT_MISSED)

    async def _write(self) -> None:
        try:
            while self.closing is None and (self._frames or await self.refill()):
                if self._frames:
                    await self._deliver(self._telling(self._frames.popleft()))
            if self.closing is not None:
                await self._deliver(self._ending(self.closing))
        except OSError:
            # The client has left; its own task hears of it too.
            pass
        except Exception:
            log.exception("socket.writer_failed")
            self._hang_up()
        finally:
            self._writer = None

    async def _deliver(self, message: Message) -> None:
        self._sending_since = time.monotonic()
        await self._send(message)
        self._sending_since = None

    async def _finish(self, code: CloseCode) -> None:
        """Say why and close, from the connection's own task."""
        if self.closing is not None:
            return
        self.closing = code
        if self._writer is not None:
            self._writer.cancel()
        try:
            async with asyncio.timeout(STALLED_SECONDS_MAX):
                if code in EXPLAINED:
                    await self._send(self._telling(EXPLAINED[code]))
                await self._send(self._ending(code))
        except OSError:
            # The client has left, or takes nothing any more: TimeoutError is one.
            pass

    def _hang_up(self) -> None:
        """Drop a connection whose client reads nothing, which no close frame would reach."""
        self.closing = self.closing or CloseCode.TRY_LATER
        # ASGI has no word for it. Uvicorn's `send` belongs to its protocol; under others their own limits apply.
        transport = getattr(getattr(self._send, "__self__", None), "transport", None)
        if transport is not None:
            if (connection := transport.get_extra_info("socket")) is not None:
                # Without, the kernel goes on offering up to 4 MB to the client for minutes after we have gone.
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
            transport.abort()
        if self._task is not None:
            self._task.cancel()

    def _read(self, message: Message) -> None:
        moment = time.monotonic()
        refilled = self._allowance + (moment - self._allowed_at) * FRAMES_IN_PER_SECOND
        self._allowance, self._allowed_at = min(refilled, FRAMES_IN_BURST) - 1, moment
        if self._allowance < 0:
            raise SocketClosedError(CloseCode.TOO_MANY_FRAMES)
        self.heard_at = moment
        self.take(_decode(message.get("text")))


def _decode(text: str | None) -> dict[str, object]:
    if text is None:
        raise SocketClosedError(CloseCode.BAD_FRAME)
    if len(text) > FRAME_IN_CHARACTERS_MAX:
        raise SocketClosedError(CloseCode.FRAME_TOO_LARGE)
    try:
        frame = read_json(text)
    except MalformedJSONError:
        raise SocketClosedError(CloseCode.BAD_FRAME) from None
    if not isinstance(frame, dict):
        raise SocketClosedError(CloseCode.BAD_FRAME)
    return frame
