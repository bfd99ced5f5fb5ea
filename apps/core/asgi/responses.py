"""Responses on their way from a thread to the client."""

import asyncio

from apps.core.asgi.request_bodies import Scope, Send
from apps.core.http.security import security_fields

Headers = list[tuple[bytes, bytes]]
# A complete response: status, headers, body.
Finished = tuple[int, Headers, bytes]
_BODILESS = frozenset({204, 304})
# A streaming thread gives up on a client that reads nothing for this long.
STALLED_SECONDS_MAX = 30.0


def own_fields(scope: Scope, request_id: str, media_type: str, body: bytes) -> Headers:
    """Return the headers of a response that Django has no part in."""
    return [
        (b"content-type", media_type.encode()),
        (b"cache-control", b"no-store"),
        (b"x-request-id", request_id.encode()),
        (b"content-length", str(len(body)).encode()),
        *security_fields(scope),
    ]


async def send_response(send: Send, status: int, headers: Headers, body: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


class BufferedResponse:
    """A WSGI application's response so far; collected in its thread, sent on the loop."""

    def __init__(self, send: Send, loop: asyncio.AbstractEventLoop) -> None:
        self._send = send
        self._loop = loop
        self.status = 500
        self.headers: Headers = []
        self._chunks: list[bytes] = []
        self._is_begun = False
        self.size = 0

    def start(self, status: str, headers: list[tuple[str, str]], exc_info: object = None) -> object:
        """WSGI's start_response."""
        self.status = int(status[:3])
        self.headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
        return self.add

    def add(self, chunk: bytes) -> None:
        self._chunks.append(chunk)
        self.size += len(chunk)

    def flush(self) -> None:
        """Send the data so far, from the application's thread. Raises: TimeoutError when the client reads nothing."""
        sending = asyncio.run_coroutine_threadsafe(self._send_part(more_body=True), self._loop)
        sending.result(STALLED_SECONDS_MAX)

    @property
    def finished(self) -> Finished | None:
        """The whole response, once the application has returned; None if a part has been sent."""
        return None if self._is_begun else (self.status, self.headers, b"".join(self._chunks))

    def replace(self, finished: Finished) -> None:
        """Send this instead."""
        self.status, self.headers, body = finished
        self._chunks, self.size = [body], len(body)

    async def finish(self) -> None:
        if not self._is_begun and self.size and self.status not in _BODILESS:
            self._declare_length()
        await self._send_part(more_body=False)

    def _declare_length(self) -> None:
        """Set the length of a complete response, or it would be chunked; the API's middleware doesn't."""
        if all(name != b"content-length" for name, _ in self.headers):
            self.headers.append((b"content-length", str(self.size).encode()))

    async def _send_part(self, *, more_body: bool) -> None:
        body = self._chunks[0] if len(self._chunks) == 1 else b"".join(self._chunks)
        self._chunks, self.size = [], 0
        if not self._is_begun:
            self._is_begun = True
            await self._send({"type": "http.response.start", "status": self.status, "headers": self.headers})
        await self._send({"type": "http.response.body", "body": body, "more_body": more_body})
