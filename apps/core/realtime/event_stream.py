"""A connection that only speaks: server-sent events, for clients whose network lets no WebSocket through."""

import random

from channels.exceptions import StopConsumer
from channels.generic.http import AsyncHttpConsumer

from apps.core.realtime.asgi_types import Message, Receive
from apps.core.realtime.consumer import LiveConsumer, frame_text

HEADERS = {
    "Content-Type": "text/event-stream; charset=utf-8",
    "Cache-Control": "no-store",
    # Nginx would keep what is said until it has 4 KB of it.
    "X-Accel-Buffering": "no",
}
# Proxies cut what is silent for 30 to 60 seconds.
STREAM_HEARTBEAT_SECONDS = 15
# When browsers come back by themselves: spread out, as all streams of a process end together.
RETRY_MS_MIN, RETRY_MS_MAX = 1_000, 5_000
_HEARTBEAT = ":"
_SEQ = '{"type":"event","seq":'

Fields = list[tuple[bytes, bytes]]


class EventStream(LiveConsumer, AsyncHttpConsumer):
    """An HTTP consumer of Channels' whose answer does not end; the frames are a socket's, one a message.

    Its request has been read, and answered with `headers`, by whoever let the client in; subclasses have `handle`.
    Here `heard_at` is when the client was last told that all is well.
    """

    def __init__(self, headers: Fields) -> None:
        super().__init__()
        self._headers = headers

    async def first_message(self, receive: Receive) -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def http_request(self, message: Message) -> None:
        await self.handle(message["body"])

    async def http_disconnect(self, message: Message) -> None:
        raise StopConsumer

    async def accept(self) -> None:
        await self.send_headers(status=200, headers=self._headers)
        retry = random.randint(RETRY_MS_MIN, RETRY_MS_MAX)  # noqa: S311 - no secret
        await self.send_body(f"retry: {retry}\n\n".encode(), more_body=True)

    def check(self, moment: float) -> None:
        super().check(moment)
        if moment - self.heard_at >= STREAM_HEARTBEAT_SECONDS:
            self.heard_at = moment
            self.push(_HEARTBEAT)

    def _telling(self, text: str) -> Message:
        if text == _HEARTBEAT:
            return _part(":\n\n")
        # The browser sends the last id back when it returns.
        seq = text[len(_SEQ) : text.index(",", len(_SEQ))] if text.startswith(_SEQ) else ""
        return _part(f"id: {seq}\ndata: {text}\n\n" if seq else f"data: {text}\n\n")

    def _ending(self, code: int) -> Message:
        text = frame_text(type="close", code=code)
        return {**_part(f"data: {text}\n\n"), "more_body": False}


def _part(text: str) -> dict[str, object]:
    return {"type": "http.response.body", "body": text.encode(), "more_body": True}
