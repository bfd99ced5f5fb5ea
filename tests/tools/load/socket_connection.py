"""A WebSocket client on the same loop as the requests, so that both are timed by one clock in one thread."""

import base64
import os
import socket
from collections.abc import Callable
from time import perf_counter
from typing import Any

import orjson

from tests.tools.load.http_connection import READ_BYTES
from tests.tools.load.targets import Target
from tests.tools.load.wire import Wire

TEXT, CLOSE, PING, PONG = 0x1, 0x8, 0x9, 0xA
OnFrame = Callable[[Any, float], None]
# Called with the reason when the other end is the one that ends it.
OnEnd = Callable[[str], None]


class SocketConnection:
    """Receives JSON frames and calls back with each; answers pings."""

    def __init__(
        self, wire: Wire, target: Target, path: str, on_frame: OnFrame, on_end: OnEnd, *, source: str | None = None
    ) -> None:
        """Connect, from the address `source` if one is given, and send the handshake. Raises: OSError."""
        self._wire = wire
        self._on_frame = on_frame
        self._on_end = on_end
        self._buffer = b""
        self.is_open = False
        here = (source, 0) if source else None
        self._socket = socket.create_connection((target.host, target.port), timeout=5, source_address=here)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.sendall(_handshake(target, path))
        self._socket.setblocking(False)
        wire.watch(self)

    def fileno(self) -> int:
        return self._socket.fileno()

    def on_writable(self) -> None:
        """Frames of ours are a few bytes; they are sent in one piece."""

    def on_readable(self) -> None:
        try:
            data = self._socket.recv(READ_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._end("hung up")
            return
        moment = perf_counter()
        self._buffer += data
        if not self.is_open and not self._finish_handshake():
            return
        while (frame := self._next_frame()) is not None:
            self._handle(*frame, moment)

    def send_json(self, message: dict[str, Any]) -> None:
        self._send(TEXT, orjson.dumps(message))

    def close(self) -> None:
        if self._socket.fileno() >= 0:
            self._wire.unregister(self)
            self._socket.close()
        self.is_open = False

    def _end(self, reason: str) -> None:
        if self._socket.fileno() >= 0:
            self.close()
            self._on_end(reason)

    def _finish_handshake(self) -> bool:
        head, separator, rest = self._buffer.partition(b"\r\n\r\n")
        if not separator:
            return False
        if not head.startswith(b"HTTP/1.1 101"):
            self._end(head.partition(b"\r\n")[0].decode())
            return False
        self.is_open, self._buffer = True, rest
        return True

    def _next_frame(self) -> tuple[int, bytes] | None:
        """Return (opcode, payload); a server's frames are whole and unmasked."""
        if len(self._buffer) < 2:
            return None
        size, at = self._buffer[1] & 0x7F, 2
        if size >= 126:
            at = 4 if size == 126 else 10
            if len(self._buffer) < at:
                return None
            size = int.from_bytes(self._buffer[2:at], "big")
        if len(self._buffer) < at + size:
            return None
        opcode, payload = self._buffer[0] & 0x0F, self._buffer[at : at + size]
        self._buffer = self._buffer[at + size :]
        return opcode, payload

    def _handle(self, opcode: int, payload: bytes, moment: float) -> None:
        if opcode == PING:
            self._send(PONG, payload)
        elif opcode == CLOSE:
            self._end(f"closed {int.from_bytes(payload[:2], 'big')}")
        elif opcode == TEXT:
            self._on_frame(orjson.loads(payload), moment)

    def _send(self, opcode: int, payload: bytes) -> None:
        """Send one masked frame; the mask hides nothing here, so zeros will do."""
        size = len(payload)
        length = bytes([0x80 | size]) if size < 126 else bytes([0x80 | 126]) + size.to_bytes(2, "big")
        try:
            self._socket.send(bytes([0x80 | opcode]) + length + bytes(4) + payload)
        except OSError as error:
            self._end(f"broke: {error.strerror}")


def _handshake(target: Target, path: str) -> bytes:
    key = base64.b64encode(os.urandom(16)).decode()
    lines = [
        f"GET {path} HTTP/1.1",
        f"Host: {target.host}:{target.port}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Key: {key}",
        "Sec-WebSocket-Version: 13",
        f"Origin: {target.base_url}",
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n"
