"""The base of WebSockets: bounded incoming frames, heartbeats, and the interface of Channels' consumers."""

import time
from typing import Any, ClassVar
from urllib.parse import parse_qs

import orjson
from channels.exceptions import StopConsumer
from channels.generic.websocket import AsyncJsonWebsocketConsumer

from apps.core.parsing.json_text import MalformedJSONError, read_json
from apps.core.realtime.asgi_types import Message
from apps.core.realtime.close_codes import CloseCode, SocketClosedError
from apps.core.realtime.consumer import LiveConsumer

# Frames a client may send: a heartbeat every 25 s and a few acknowledgements; a burst after a reconnect.
FRAMES_IN_BURST, FRAMES_IN_PER_SECOND = 20, 2.0
FRAME_IN_CHARACTERS_MAX = 4096
HEARTBEAT_SECONDS = 25
HEARTBEATS_MISSED_MAX = 2.5
NORMAL_CLOSURE = 1000


class SocketConsumer(LiveConsumer, AsyncJsonWebsocketConsumer):
    """A Channels JSON WebSocket consumer: subclasses define `connect`, `receive_json` and `disconnect`.

    `send`, `send_json` and `close` never wait for the client: they use the queue.
    """

    is_heartbeat_expected = False
    parameters: ClassVar[frozenset[str]] = frozenset()

    def __init__(self) -> None:
        super().__init__()
        self._allowed_at = self.last_received_at
        self._allowance: float = FRAMES_IN_BURST

    def read_parameters(self) -> dict[str, str]:
        """Return the parameters of the address. Raises: SocketClosedError for unknown, repeated and empty ones."""
        found = self.query()
        if any(name not in self.parameters or len(values) > 1 or not values[0] for name, values in found.items()):
            raise SocketClosedError(CloseCode.BAD_FRAME)
        return {name: values[0] for name, values in found.items()}

    def query(self) -> dict[str, list[str]]:
        """Return what the address holds behind its question mark, known or not."""
        return parse_qs(self.scope["query_string"].decode("latin-1"), keep_blank_values=True)

    async def websocket_receive(self, message: Message) -> None:
        self._count_frame(time.monotonic())
        await super().websocket_receive(message)

    async def websocket_disconnect(self, message: Message) -> None:
        if self.closing is None:
            self.closing = message.get("code")
        raise StopConsumer

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None, **kwargs: Any) -> None:
        if text_data is None:
            raise SocketClosedError(CloseCode.BAD_FRAME)
        if len(text_data) > FRAME_IN_CHARACTERS_MAX:
            raise SocketClosedError(CloseCode.FRAME_TOO_LARGE)
        await self.receive_json(await self.decode_json(text_data))

    async def receive_json(self, content: Any, **kwargs: Any) -> None:
        """Process a client's frame, an object. Raises: SocketClosedError."""
        raise SocketClosedError(CloseCode.BAD_FRAME)

    async def send(self, text_data: str | None = None, bytes_data: bytes | None = None, close: bool = False) -> None:
        if text_data is None:
            raise ValueError("Frames are text.")
        self.push(text_data)

    async def send_json(self, content: Any, close: bool = False) -> None:
        self.push(await self.encode_json(content))

    async def close(self, code: int | None = None, reason: str | None = None) -> None:
        self.end(code or NORMAL_CLOSURE)

    @classmethod
    async def decode_json(cls, text_data: str) -> dict[str, object]:
        try:
            frame = read_json(text_data)
        except MalformedJSONError:
            raise SocketClosedError(CloseCode.BAD_FRAME) from None
        if not isinstance(frame, dict):
            raise SocketClosedError(CloseCode.BAD_FRAME)
        return frame

    @classmethod
    async def encode_json(cls, content: Any) -> str:
        return orjson.dumps(content).decode()

    def check(self, moment: float) -> None:
        super().check(moment)
        if self.is_heartbeat_expected and moment - self.last_received_at > HEARTBEAT_SECONDS * HEARTBEATS_MISSED_MAX:
            self.end(CloseCode.HEARTBEAT_MISSED)

    def _frame_message(self, text: str) -> Message:
        return {"type": "websocket.send", "text": text}

    def _close_message(self, code: int) -> Message:
        return {"type": "websocket.close", "code": code}

    def _count_frame(self, moment: float) -> None:
        refilled = self._allowance + (moment - self._allowed_at) * FRAMES_IN_PER_SECOND
        self._allowance, self._allowed_at = min(refilled, FRAMES_IN_BURST) - 1, moment
        if self._allowance < 0:
            raise SocketClosedError(CloseCode.TOO_MANY_FRAMES)
        self.last_received_at = moment
