"""Server-sent events: one-way connections for clients whose network blocks WebSockets."""

import random

from channels.exceptions import StopConsumer
from channels.generic.http import AsyncHttpConsumer

from apps.core.realtime.asgi_types import Message, Receive
from apps.core.realtime.consumer import LiveConsumer, frame_text

HEADERS = {
    "Content-Type": "text/event-stream; charset=utf-8",
    "Cache-Control": "no-store",
    # Nginx would buffer events up to 4 KB.
    "X-Accel-Buffering": "no",
}
# Proxies cut connections that are silent for 30 to 60 seconds.
STREAM_HEARTBEAT_SECONDS = 15
# When browsers reconnect: at random, as all streams of a process end together.
RETRY_MS_MIN, RETRY_MS_MAX = 1_000, 5_000
_HEARTBEAT = ":"
_SEQ = '{"type":"event","seq":'

Fields = list[tuple[bytes, bytes]]


class EventStream(LiveConsumer, AsyncHttpConsumer):
    """A Channels HTTP consumer with an endless response; the frames are a socket's, one per message.

    A view has read the request and responded with `headers`; subclasses define `handle`. Here `last_received_at` is the
    time of the last heartbeat to the client.
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
        if moment - self.last_received_at >= STREAM_HEARTBEAT_SECONDS:
            self.last_received_at = moment
            self.push(_HEARTBEAT)

    def _frame_message(self, text: str) -> Message:
        if text == _HEARTBEAT:
            return _part(":\n\n")
        # Browsers send the last id when they reconnect.
        seq = text[len(_SEQ) : text.index(",", len(_SEQ))] if text.startswith(_SEQ) else ""
        return _part(f"id: {seq}\ndata: {text}\n\n" if seq else f"data: {text}\n\n")

    def _close_message(self, code: int, reason: str) -> Message:
        text = frame_text(type="close", code=code)
        return {**_part(f"data: {text}\n\n"), "more_body": False}


def _part(text: str) -> dict[str, object]:
    return {"type": "http.response.body", "body": text.encode(), "more_body": True}
