"""A keep-alive HTTP/1.1 client connection with one request in flight, made for being cheap."""

import socket
from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import orjson

from tests.tools.load.recorder import NO_RESPONSE
from tests.tools.load.targets import Target
from tests.tools.load.wire import Wire

READ_BYTES = 262_144
BODY_BYTES_MAX = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Response:
    """What came back; status 0 when the connection broke or the response took too long."""

    status: int
    body: bytes
    at: float

    def json(self) -> Any:
        return orjson.loads(self.body)


OnResponse = Callable[["Connection", Response], None]


def request_bytes(
    method: str, path: str, target: Target, *, body: bytes | None = None, headers: dict[str, str] | None = None
) -> bytes:
    """Return a whole request; prepared once, sent many times."""
    lines = [f"{method} {path} HTTP/1.1", f"Host: {target.host}:{target.port}", "Accept: application/json"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    if body is not None:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + (body or b"")


class Connection:
    """Sends a request, calls back with its response, and reconnects when the server hung up."""

    def __init__(self, wire: Wire, target: Target) -> None:
        self._wire = wire
        self._target = target
        self._socket: socket.socket | None = None
        self._unsent = b""
        self._buffer = b""
        self._on_response: OnResponse | None = None
        self.sent_at = 0.0

    def fileno(self) -> int:
        return self._socket.fileno() if self._socket else -1

    @property
    def is_busy(self) -> bool:
        return self._on_response is not None

    def connect(self) -> socket.socket:
        """Connect unless connected. Raises: OSError."""
        if self._socket is None:
            self._socket = socket.create_connection((self._target.host, self._target.port), timeout=2)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._socket.setblocking(False)
            self._wire.watch(self)
        return self._socket

    def send(self, request: bytes, on_response: OnResponse) -> None:
        """Send a request; `on_response` is called exactly once, at once when the server can't be reached."""
        self._on_response = on_response
        self.sent_at = perf_counter()
        try:
            sent = self.connect().send(request)
        except OSError:
            self._broke()
            return
        if sent < len(request):
            self._unsent = request[sent:]
            self._wire.watch_writing(self, is_wanted=True)

    def on_writable(self) -> None:
        try:
            sent = self._socket.send(self._unsent)  # type: ignore[union-attr]
        except BlockingIOError:
            return
        except OSError:
            self._broke()
            return
        self._unsent = self._unsent[sent:]
        if not self._unsent:
            self._wire.watch_writing(self, is_wanted=False)

    def on_readable(self) -> None:
        try:
            data = self._socket.recv(READ_BYTES)  # type: ignore[union-attr]
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._broke()
            return
        self._buffer = self._buffer + data if self._buffer else data
        if (parsed := _parse(self._buffer)) is None:
            return
        status, body, used, is_persistent = parsed
        self._buffer = self._buffer[used:]
        if not is_persistent:
            self.close()
        self._finish(Response(status, body, perf_counter()))

    def abandon(self) -> None:
        """Close without calling back."""
        self._on_response = None
        self.close()

    def close(self) -> None:
        if self._socket is not None:
            self._wire.unregister(self)
            self._socket.close()
            self._socket = None
        self._unsent = self._buffer = b""

    def _broke(self) -> None:
        self.close()
        if self.is_busy:
            self._finish(Response(NO_RESPONSE, b"", perf_counter()))

    def _finish(self, response: Response) -> None:
        on_response, self._on_response = self._on_response, None
        if on_response is not None:
            on_response(self, response)


def _parse(data: bytes) -> tuple[int, bytes, int, bool] | None:
    """Return (status, body, bytes used, whether it stays open), or None while the response is incomplete."""
    head_end = data.find(b"\r\n\r\n")
    if head_end < 0:
        return None
    head = data[:head_end].lower()
    status, start = int(head[9:12]), head_end + 4
    is_persistent = b"\r\nconnection: close" not in head
    if (at := head.find(b"\r\ncontent-length:")) >= 0:
        line_end = head.find(b"\r\n", at + 2)
        length = int(head[at + 17 : line_end if line_end > 0 else None])
        if length > BODY_BYTES_MAX:
            raise ValueError(f"An answer of {length:,} bytes is more than this client takes.")
        end = start + length
        return (status, data[start:end], end, is_persistent) if len(data) >= end else None
    if b"\r\ntransfer-encoding: chunked" in head:
        chunked = _unchunk(data, start)
        return None if chunked is None else (status, chunked[0], chunked[1], is_persistent)
    return status, b"", start, is_persistent


def _unchunk(data: bytes, at: int) -> tuple[bytes, int] | None:
    parts: list[bytes] = []
    while (line_end := data.find(b"\r\n", at)) >= 0:
        size = int(data[at:line_end].partition(b";")[0], 16)
        begin, at = line_end + 2, line_end + 2 + size + 2
        if len(data) < at:
            return None
        if size == 0:
            return b"".join(parts), at
        parts.append(data[begin : begin + size])
    return None
