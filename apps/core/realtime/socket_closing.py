"""How sockets and streams are closed: the codes and their reasons, the error that ends one, and its last messages.

Whoever finds a reason raises SocketClosedError, or calls `end` of the consumer, which closes by what is here.
"""

import asyncio
import socket
import struct
from collections.abc import Callable, Mapping
from enum import IntEnum
from typing import Final

import orjson
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from apps.core.realtime.asgi_types import Message, Send

# A client that reads nothing for this long is disconnected.
STALLED_SECONDS_MAX = 10.0


class CloseCode(IntEnum):
    RESTART = 1012
    TRY_LATER = 1013
    BAD_FRAME = 4400
    NOT_AUTHENTICATED = 4401
    FORBIDDEN = 4403
    HEARTBEAT_MISSED = 4408
    REPLACED = 4409
    FRAME_TOO_LARGE = 4413
    TOO_MANY_FRAMES = 4429


# What the close frame says where whoever ends the connection says nothing more exact.
REASONS: Final[Mapping[int, Promise]] = {
    CloseCode.RESTART: gettext_lazy("The server restarts: connect again after a random moment."),
    CloseCode.TRY_LATER: gettext_lazy(
        "Too slow a reader, too many sockets, or something is down: connect again later."
    ),
    CloseCode.BAD_FRAME: gettext_lazy("A frame or a query parameter is invalid."),
    CloseCode.NOT_AUTHENTICATED: gettext_lazy("No valid session or ticket, or no longer."),
    CloseCode.FORBIDDEN: gettext_lazy("You don't have permission to open this socket."),
    CloseCode.HEARTBEAT_MISSED: gettext_lazy("No heartbeat came for too long."),
    CloseCode.REPLACED: gettext_lazy("The player's newer connections replaced this one."),
    CloseCode.FRAME_TOO_LARGE: gettext_lazy("A frame is too large."),
    CloseCode.TOO_MANY_FRAMES: gettext_lazy("Too many frames came at once."),
}


class SocketClosedError(Exception):
    """The connection ends, for the reason its code names; `detail` is a sentence for the client's author."""

    def __init__(self, code: CloseCode, detail: str = "") -> None:
        self.code = code
        self.detail = detail
        super().__init__(detail or code.name)


# The code of the error frame sent before closing, where the client's author has to act.
EXPLAINED = {
    CloseCode.BAD_FRAME: "bad_frame",
    CloseCode.FRAME_TOO_LARGE: "frame_too_large",
    CloseCode.TOO_MANY_FRAMES: "too_many_frames",
}
# RFC 6455, 5.5: a control frame has 125 bytes, two of which are the code.
_REASON_BYTES_MAX = 123
# Of a name that a client sent.
_NAME_CHARACTERS_MAX = 64
# struct linger: on, zero seconds.
_NO_LINGER = struct.pack("ii", 1, 0)


def bad_frame(name: str, sentence: str) -> SocketClosedError:
    """Return what ends a connection for one of its parameters or members, by name."""
    return SocketClosedError(CloseCode.BAD_FRAME, f"{name[:_NAME_CHARACTERS_MAX]}: {sentence}")


def reason_of(code: int, detail: str = "") -> str:
    """Return why a connection ends: as much of a detail as a close frame holds, or else what its code says."""
    return (detail or str(REASONS.get(code, ""))).encode()[:_REASON_BYTES_MAX].decode(errors="ignore")


async def close_connection(
    send: Send,
    code: CloseCode,
    detail: str,
    *,
    as_frame: Callable[[str], Message],
    as_close: Callable[[int, str], Message],
) -> None:
    """Send the error frame, if its code is EXPLAINED, and the close, each as a message of the connection's protocol."""
    try:
        async with asyncio.timeout(STALLED_SECONDS_MAX):
            if code in EXPLAINED:
                error = {"type": "error", "code": EXPLAINED[code], "detail": detail}
                await send(as_frame(orjson.dumps(error).decode()))
            await send(as_close(code, reason_of(code, detail)))
    except OSError:
        # The client has left, or reads nothing any more (TimeoutError).
        pass


def drop_connection(send: Send) -> None:
    """End a connection whose client reads nothing, which no close frame would reach."""
    # ASGI has no such operation. Uvicorn's `send` is a method of its protocol; other servers have limits of their own.
    transport = getattr(getattr(send, "__self__", None), "transport", None)
    if transport is None:
        return
    if (connection := transport.get_extra_info("socket")) is not None:
        # Otherwise the kernel keeps offering up to 4 MB to the client for minutes.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
    transport.abort()
