"""uvicorn's WebSocket protocol, which leaves no garbage behind."""

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol


class WebSocketProtocol(WebSocketsSansIOProtocol):
    """For `uvicorn --ws apps.core.asgi.websocket:WebSocketProtocol`."""

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        # A generator that waits for the next frame holds its owner: a cycle of 3.5 KB. Old sockets are out of the
        # collector's sight (see asgi.py), so 10,000 that came again left 35 MB each time.
        self.conn.parser.close()
