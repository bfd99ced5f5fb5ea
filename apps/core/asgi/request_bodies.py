"""Request bodies: read completely, within limits, before a thread is used.

Passed on half-sent, 24 slow uploads blocked all threads of a server of 8.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

Scope = dict[str, Any]
Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

# For a complete body, however slow: 10 MB at 340 kB/s.
BODY_SECONDS = 30.0
# After a refusal this much more is read and discarded: a client still sending would never see the response.
DISCARDED_BYTES_MAX = 16 * 1024 * 1024
DISCARD_SECONDS = 5.0


class BodyOverLimitError(Exception):
    """The body exceeds its path's limit."""


class BodyTooSlowError(Exception):
    """The body did not arrive in time."""


class DisconnectedError(Exception):
    """The client disconnected before its request was complete."""


async def read_body(scope: Scope, receive: Receive, bytes_max: int) -> bytes:
    """Return the complete body. Raises: BodyTooLargeError, BodyTooSlowError, DisconnectedError."""
    headers = dict(scope["headers"])
    if _declared_length(headers) > bytes_max:
        if b"expect" not in headers:
            # With Expect: 100-continue the client has not sent it yet.
            await _discard(receive)
        raise BodyOverLimitError
    if scope["method"] == "GET" and b"content-length" not in headers and b"transfer-encoding" not in headers:
        # Complete with its head. The timer below is a quarter of what a response from memory costs.
        await _next(receive)
        return b""
    try:
        async with asyncio.timeout(BODY_SECONDS):
            return await _read_rest(receive, bytes_max)
    except TimeoutError:
        raise BodyTooSlowError from None


async def _read_rest(receive: Receive, bytes_max: int) -> bytes:
    message = await _next(receive)
    body: bytes = message.get("body", b"")
    if not message.get("more_body") and len(body) <= bytes_max:
        # The usual case; no copy.
        return body
    parts, size = [body], len(body)
    while message.get("more_body") and size <= bytes_max:
        message = await _next(receive)
        parts.append(message.get("body", b""))
        size += len(parts[-1])
    if size > bytes_max:
        if message.get("more_body"):
            await _discard(receive)
        raise BodyOverLimitError
    return b"".join(parts)


async def _next(receive: Receive) -> Message:
    message = await receive()
    if message["type"] == "http.disconnect":
        raise DisconnectedError
    return message


async def _discard(receive: Receive) -> None:
    size, is_over = 0, False
    try:
        async with asyncio.timeout(DISCARD_SECONDS):
            while not is_over and size <= DISCARDED_BYTES_MAX:
                message = await _next(receive)
                size += len(message.get("body", b""))
                is_over = not message.get("more_body")
    except TimeoutError:
        return


def _declared_length(headers: dict[bytes, bytes]) -> int:
    value = headers.get(b"content-length", b"")
    return int(value) if value.isdigit() else 0
