"""uvicorn's HTTP protocol with limits on request heads, which it would buffer without end and wait for without limit.

Measured without: a header of 20 MB was buffered whole, and 200 of 200 half-sent heads were open after 45 s.
"""

import asyncio
from http import HTTPStatus
from typing import Any

import orjson
from django.conf import settings
from django.utils.translation import gettext
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol
from websockets.http11 import MAX_LINE_LENGTH, MAX_NUM_HEADERS

from apps.core.asgi.request_bodies import DISCARD_SECONDS
from apps.core.asgi.shutdown import is_ending
from apps.core.http.problems import MEDIA_TYPE, problem
from apps.core.ids import new_hex

# On shutdown, idle connections stay open this long for a request in transit, which is answered as the last one.
LAST_CALL_SECONDS = 0.5
# A line's length apart from its content: a method and a version at most.
_AROUND_BYTES = 16
Refusal = tuple[HTTPStatus, str, str]
_CLOSE = (b"connection", b"close")


class _DefaultFields(list[tuple[bytes, bytes]]):
    """uvicorn's default header fields, put before a response's own; keep-alive not before connection: close."""

    def __add__(self, fields: Any) -> Any:
        return (_closing(self) if _CLOSE in fields else list(self)) + list(fields)


def _closing(fields: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    return [field for field in fields if field[0] != b"keep-alive"]


class HTTPProtocol(HttpToolsProtocol):
    """One connection. Heads must arrive within REQUEST_HEAD_SECONDS and REQUEST_HEAD_BYTES_MAX, or are refused.

    A head that comes in one piece, as nearly all do, costs two comparisons and no timer.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._bytes_max: int = settings.REQUEST_HEAD_BYTES_MAX
        # Bytes parsed of the current head, or of a body since the parser last returned some of it.
        self._buffered = 0
        self._chunk_bytes = 0
        self._is_in_head = True
        self._has_begun = False
        self._is_ending = False
        self._slow: asyncio.TimerHandle | None = None
        self._refusal: Refusal | None = None
        # Set once: a refused head may also exceed the limit afterwards, when nothing can be written any more.
        self._is_refused = False

    # Called by the loop

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)  # type: ignore[arg-type]
        self._await_head()
        if is_ending():
            # Accepted in the last moment: the server may have notified its connections without this one.
            self.shutdown()

    def connection_lost(self, exc: Exception | None) -> None:
        self._head_is_here()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._refusal is not None:
            # Discarded: a client still sending would never see the response.
            return
        self._chunk_bytes = len(data)
        super().data_received(data)
        self._buffered += self._chunk_bytes
        if self._has_begun or self._buffered > 0:
            self._bound()

    def shutdown(self) -> None:
        """Finish the current request, and briefly wait for one in transit."""
        self._is_ending = True
        if self.cycle is None or self.cycle.response_complete:
            self.loop.call_later(LAST_CALL_SECONDS, self._end_if_idle)
        else:
            super().shutdown()

    # Called by the parser

    def on_message_begin(self) -> None:
        self._has_begun = True
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._head_is_here()
        if self._buffered + self._chunk_bytes > self._bytes_max and self._head_bytes() > self._bytes_max:
            self._refuse_large()
        self._is_in_head = self._has_begun = False
        self._buffered = -self._chunk_bytes
        super().on_headers_complete()
        if self.cycle is not None:
            self.cycle.keep_alive &= not self._is_ending
            fields = self.cycle.default_headers
            self.cycle.default_headers = _DefaultFields(fields) if self.cycle.keep_alive else _closing(fields)

    def on_body(self, body: bytes) -> None:
        self._buffered = -self._chunk_bytes
        super().on_body(body)

    def on_message_complete(self) -> None:
        super().on_message_complete()
        self._buffered = -self._chunk_bytes
        self._is_in_head = True

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self._refusal is not None:
            self._refuse(self._refusal)

    def handle_websocket_upgrade(self) -> None:
        """Pass the head to the WebSocket protocol, unless it would fail there."""
        longest = max(len(self.url), *(len(name) + len(value) for name, value in self.headers)) + _AROUND_BYTES
        if longest > MAX_LINE_LENGTH or len(self.headers) > MAX_NUM_HEADERS:
            self._refuse(self._too_large())
        else:
            super().handle_websocket_upgrade()

    def send_400_response(self, msg: str) -> None:
        """Answer a malformed request, or one that a callback above has refused."""
        self._head_is_here()
        self._refuse(
            self._refusal or (HTTPStatus.BAD_REQUEST, "bad_request", gettext("The request could not be read."))
        )

    # Limits

    def _bound(self) -> None:
        """Check the size of a growing head, or of other overhead (a chunk's extensions, trailers)."""
        if self._buffered > self._bytes_max:
            if self._is_in_head:
                self._refuse(self._too_large())
            else:
                self.transport.close()
        elif self._is_in_head and self._slow is None and self._refusal is None:
            self._await_head()

    def _await_head(self) -> None:
        self._slow = self.loop.call_later(settings.REQUEST_HEAD_SECONDS, self._head_is_late)

    def _head_is_here(self) -> None:
        if self._slow is not None:
            self._slow.cancel()
            self._slow = None

    def _head_is_late(self) -> None:
        self._slow = None
        if self._has_begun:
            detail = gettext("The request's head took over {seconds:g} seconds.").format(
                seconds=settings.REQUEST_HEAD_SECONDS
            )
            self._refuse((HTTPStatus.REQUEST_TIMEOUT, "head_too_slow", detail))
        else:
            # Without a request there is no response: browsers would take it for that of their next one.
            self.transport.close()

    def _head_bytes(self) -> int:
        return len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers)

    def _too_large(self) -> Refusal:
        detail = gettext("The head is over {bytes_max:,} bytes, or a line of a socket's over {line_max:,}.").format(
            bytes_max=self._bytes_max, line_max=MAX_LINE_LENGTH
        )
        return HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "head_too_large", detail

    def _refuse_large(self) -> None:
        """Stop the parser, which triggers the refusal. Raises: ValueError."""
        self._refusal = self._too_large()
        raise ValueError

    def _refuse(self, refusal: Refusal) -> None:
        """Respond at once, or after the previous response."""
        self._refusal = refusal
        if self.cycle is None or self.cycle.response_complete or not self._is_in_head:
            self._say(refusal)

    def _say(self, refusal: Refusal) -> None:
        if self.transport.is_closing() or self._is_refused:
            return
        if self.cycle is not None and self.cycle.response_started and not self.cycle.response_complete:
            # The body broke off during its response.
            self.transport.close()
            return
        self._is_refused = True
        self._unset_keepalive_if_required()
        self.transport.write(_response(*refusal))
        # Not closed yet: the client's unread data would make the network discard the response.
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self.loop.call_later(DISCARD_SECONDS, self.transport.close)

    def _end_if_idle(self) -> None:
        if self.cycle is None or self.cycle.response_complete:
            self.transport.close()


def _response(status: HTTPStatus, code: str, detail: str) -> bytes:
    request_id = new_hex()
    body = orjson.dumps(problem(request_id=request_id, path="", status=status, code=code, detail=detail))
    fields = {
        "content-type": MEDIA_TYPE,
        "content-length": str(len(body)),
        "x-request-id": request_id,
        "x-content-type-options": "nosniff",
        "connection": "close",
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return STATUS_LINE[status] + f"{head}\r\n".encode() + body
