"""The base of WebSockets: bounded incoming frames, heartbeats, and the interface of Channels' consumers."""

import time
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar
from urllib.parse import parse_qs

import orjson
from channels.exceptions import StopConsumer
from channels.generic.websocket import AsyncJsonWebsocketConsumer
from django.utils.text import format_lazy
from django.utils.translation import gettext, gettext_lazy

from apps.core.parsing.json_text import MalformedJSONError, read_json
from apps.core.parsing.sentences import (
    EMPTY,
    NOT_A_BODY,
    one_of,
    repeated_parameter,
    unknown_member,
    unknown_parameter,
)
from apps.core.realtime.asgi_types import Message
from apps.core.realtime.consumer import LiveConsumer
from apps.core.realtime.socket_closing import CloseCode, SocketClosedError, bad_frame

# Frames a client may send: a heartbeat every 25 s and a few acknowledgements; a burst after a reconnect.
FRAMES_IN_BURST, FRAMES_IN_PER_SECOND = 20, 2.0
FRAME_IN_CHARACTERS_MAX = 4096
HEARTBEAT_SECONDS = 25
HEARTBEATS_MISSED_MAX = 2.5
NORMAL_CLOSURE = 1000
_TOO_LARGE = format_lazy(
    gettext_lazy("A frame has at most {maximum} characters."), maximum=f"{FRAME_IN_CHARACTERS_MAX:,}"
)
_TOO_MANY = format_lazy(
    gettext_lazy("Send at most {burst} frames at once, and {rate} a second over time."),
    burst=FRAMES_IN_BURST,
    rate=round(FRAMES_IN_PER_SECOND),
)


class SocketConsumer(LiveConsumer, AsyncJsonWebsocketConsumer):
    """A Channels JSON WebSocket consumer: subclasses define `connect`, `receive_json` and `disconnect`.

    `send`, `send_json` and `close` never wait for the client: they use the queue.
    """

    is_heartbeat_expected = False
    parameters: ClassVar[frozenset[str]] = frozenset()
    # What a client may send: each type of frame with its other members.
    frames: ClassVar[Mapping[str, Sequence[str]]] = {"heartbeat": ()}

    def __init__(self) -> None:
        super().__init__()
        self._allowed_at = self.last_received_at
        self._allowance: float = FRAMES_IN_BURST

    def read_parameters(self) -> dict[str, str]:
        """Return the parameters of the address. Raises: SocketClosedError for unknown, repeated and empty ones."""
        found = self.query()
        for name, values in found.items():
            if name not in self.parameters:
                raise bad_frame(name, unknown_parameter(name, sorted(self.parameters)))
            if len(values) > 1:
                raise SocketClosedError(CloseCode.BAD_FRAME, repeated_parameter(name, len(values)))
            if not values[0]:
                raise bad_frame(name, str(EMPTY))
        return {name: values[0] for name, values in found.items()}

    def read_type(self, frame: Mapping[str, object]) -> str:
        """Return the type of a client's frame. Raises: SocketClosedError for unknown types and members."""
        type_ = frame.get("type")
        if not isinstance(type_, str) or type_ not in self.frames:
            raise bad_frame("type", one_of(self.frames)[1])
        known = ("type", *self.frames[type_])
        for name in frame:
            if name not in known:
                raise bad_frame(name, unknown_member(known)[1])
        return type_

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
            raise SocketClosedError(CloseCode.BAD_FRAME, gettext("Send frames as text, not as bytes."))
        if len(text_data) > FRAME_IN_CHARACTERS_MAX:
            raise SocketClosedError(CloseCode.FRAME_TOO_LARGE, str(_TOO_LARGE))
        await self.receive_json(await self.decode_json(text_data))

    async def receive_json(self, content: Any, **kwargs: Any) -> None:
        """Process a client's frame, an object. Raises: SocketClosedError."""
        raise SocketClosedError(CloseCode.BAD_FRAME, gettext("Send no frames: this socket takes none."))

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
        except MalformedJSONError as error:
            raise SocketClosedError(CloseCode.BAD_FRAME, error.detail) from None
        if not isinstance(frame, dict):
            raise SocketClosedError(CloseCode.BAD_FRAME, str(NOT_A_BODY))
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

    def _close_message(self, code: int, reason: str) -> Message:
        return {"type": "websocket.close", "code": code, **({"reason": reason} if reason else {})}

    def _count_frame(self, moment: float) -> None:
        refilled = self._allowance + (moment - self._allowed_at) * FRAMES_IN_PER_SECOND
        self._allowance, self._allowed_at = min(refilled, FRAMES_IN_BURST) - 1, moment
        if self._allowance < 0:
            raise SocketClosedError(CloseCode.TOO_MANY_FRAMES, str(_TOO_MANY))
        self.last_received_at = moment
