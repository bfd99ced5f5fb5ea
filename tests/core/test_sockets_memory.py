"""What a socket leaves behind, and how the collector's pauses are reported."""

import asyncio
import gc
import weakref
from unittest.mock import Mock

import pytest
from uvicorn.config import Config
from uvicorn.server import ServerState

from apps.core.asgi import gc_pauses
from apps.core.asgi.websocket import WebSocketProtocol

HANDSHAKE = (
    b"GET /ws HTTP/1.1\r\nHost: here\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)


async def test_a_closed_socket_needs_no_garbage_collection() -> None:
    state = ServerState()
    protocol = WebSocketProtocol(_config(), state, {})
    protocol.connection_made(Mock(spec=asyncio.Transport, get_extra_info=Mock(return_value=None)))
    gc.disable()
    try:
        protocol.data_received(HANDSHAKE)
        await asyncio.sleep(0)
        protocol.connection_lost(None)
        await asyncio.gather(*state.tasks)
        held = weakref.ref(protocol.conn)
        del protocol
        await asyncio.sleep(0)

        assert held() is None
    finally:
        gc.enable()


async def test_long_collections_are_logged_from_the_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    said = Mock()
    monkeypatch.setattr(gc_pauses, "PAUSE_SECONDS_MIN", 0.0)
    monkeypatch.setattr(gc_pauses, "log", Mock(info=said))
    callbacks = list(gc.callbacks)
    try:
        gc_pauses.log_pauses(asyncio.get_running_loop())
        gc.collect()

        assert said.call_count == 0
        await asyncio.sleep(0)
    finally:
        gc.callbacks[:] = callbacks
    assert said.call_args.args == ("gc.paused",)
    assert said.call_args.kwargs["generation"] == 2
    assert said.call_args.kwargs["milliseconds"] > 0


def _config() -> Config:
    async def application(scope: object, receive: object, send: object) -> None:
        await receive()  # type: ignore[operator]
        await send({"type": "websocket.accept"})  # type: ignore[operator]
        while (await receive())["type"] != "websocket.disconnect":  # type: ignore[operator]
            pass

    config = Config(application, ws=WebSocketProtocol, ws_per_message_deflate=False, lifespan="off", log_config=None)
    config.load()
    return config
