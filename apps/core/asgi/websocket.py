"""uvicorn's WebSocket protocol, without a reference cycle, and with our headers on the handshakes it refuses."""

from django.conf import settings
from django.utils.translation import gettext_lazy
from uvicorn.protocols.websockets import websockets_sansio_impl
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.http11 import Response
from websockets.server import ServerProtocol
from websockets.typing import StatusLike

from apps.core.http.request_ids import choose_request_id

REFUSED = gettext_lazy(
    "This socket is not for pages of this Origin, or not without TLS. Sockets are described in /api/v1/asyncapi.json."
)


class RefusingProtocol(ServerProtocol):
    """The websockets library's protocol, whose refusals have the headers of every other response, and say something."""

    def reject(self, status: StatusLike, text: str) -> Response:
        response = super().reject(status, text or f"{REFUSED}\n")
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["X-Request-ID"] = choose_request_id("")
        if settings.SECURE_HSTS_SECONDS:
            response.headers["Strict-Transport-Security"] = f"max-age={settings.SECURE_HSTS_SECONDS}"
        return response


# Uvicorn has no other way to choose it.
setattr(websockets_sansio_impl, "ServerProtocol", RefusingProtocol)  # noqa: B010 - it exports none


class WebSocketProtocol(WebSocketsSansIOProtocol):
    """For `uvicorn --ws apps.core.asgi.websocket:WebSocketProtocol`."""

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        # A generator waiting for the next frame references its owner: a cycle of 3.5 KB. Old sockets are exempt from
        # collection (see asgi.py), so 10,000 reconnects leaked 35 MB each time.
        self.conn.parser.close()
