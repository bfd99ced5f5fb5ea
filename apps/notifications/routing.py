"""Routes of the sockets."""

from typing import Any

from channels.routing import URLRouter
from django.urls import path, re_path
from django.utils.translation import gettext

from apps.core.http.security import is_refused_in_the_clear
from apps.core.ids import NIL
from apps.core.realtime.asgi_types import Receive, Scope, Send
from apps.core.realtime.socket_closing import CloseCode, SocketClosedError
from apps.core.realtime.socket_consumer import SocketConsumer
from apps.notifications.consumers import BoardConsumer, NotificationConsumer, TailConsumer


class RefusingConsumer(SocketConsumer):
    """Refuses the handshake, with HTTP 403: without TLS where it is required, nothing is said that could be read."""

    async def connect(self) -> None:
        raise SocketClosedError(CloseCode.FORBIDDEN)


class NowhereConsumer(SocketConsumer):
    """Any other path: opened and closed at once, as a browser learns nothing from a refused handshake."""

    async def connect(self) -> None:
        await self.accept()
        raise SocketClosedError(CloseCode.FORBIDDEN, gettext("No socket is at this address."))


# Django's types know its own views only; Channels' router takes ASGI applications.
_boards: Any = BoardConsumer.as_asgi()
_refusal: Any = RefusingConsumer.as_asgi()
_nowhere: Any = NowhereConsumer.as_asgi()
_notifications: Any = NotificationConsumer.as_asgi()
_tails: Any = TailConsumer.as_asgi()

websocket_urlpatterns = [
    path("ws/notifications/", _notifications),
    path("ws/boards/global/", _boards, {"scope": NIL}),
    path("ws/boards/<id:scope>/", _boards),
    path("ws/portal/games/<id:game_id>/unlocks/", _tails),
    re_path("", _nowhere),
]
_router = URLRouter(websocket_urlpatterns)


async def websockets(scope: Scope, receive: Receive, send: Send) -> None:
    """Serve a socket; the final slash is optional, as no handshake follows a redirect."""
    if not scope["path"].endswith("/"):
        scope["path"] += "/"
    await (_refusal if is_refused_in_the_clear(scope) else _router)(scope, receive, send)
