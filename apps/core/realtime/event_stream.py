"""A connection that only speaks: server-sent events, for clients whose network lets no WebSocket through."""

import random

import orjson

from apps.core.realtime.close_codes import CloseCode
from apps.core.realtime.socket import Message, Receive, Socket

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


class EventStream(Socket):
    """The manners of a socket over an HTTP answer that does not end; the frames are the same, one a message.

    It begins with the headers that its opening was answered with; a subclass has them in a slot, as this one is mixed
    with others. Here `heard_at` is when the client was last told that all is well.
    """

    __slots__ = ()

    _headers: Fields

    async def accept(self) -> None:
        await self._send({"type": "http.response.start", "status": 200, "headers": self._headers})
        retry = random.randint(RETRY_MS_MIN, RETRY_MS_MAX)  # noqa: S311 - no secret
        await self._send(_part(f"retry: {retry}\n\n"))

    def check(self, moment: float) -> None:
        super().check(moment)
        if moment - self.heard_at >= STREAM_HEARTBEAT_SECONDS:
            self.heard_at = moment
            self.push(_HEARTBEAT)

    async def _hear_out(self, receive: Receive) -> None:
        """The request was read before it came to us."""

    def _read(self, message: Message) -> None:
        """A request has no more to say."""

    def _telling(self, text: str) -> Message:
        if text == _HEARTBEAT:
            return _part(":\n\n")
        # The browser sends the last id back when it returns.
        seq = text[len(_SEQ) : text.index(",", len(_SEQ))] if text.startswith(_SEQ) else ""
        return _part(f"id: {seq}\ndata: {text}\n\n" if seq else f"data: {text}\n\n")

    def _ending(self, code: CloseCode) -> Message:
        text = orjson.dumps({"type": "close", "code": code}).decode()
        return {**_part(f"data: {text}\n\n"), "more_body": False}


def _part(text: str) -> dict[str, object]:
    return {"type": "http.response.body", "body": text.encode(), "more_body": True}
