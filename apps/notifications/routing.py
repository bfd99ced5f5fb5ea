"""Routes of the sockets."""

from typing import Any

from channels.routing import URLRouter
from django.urls import path, re_path

from apps.core.http.security import is_refused_in_the_clear
from apps.core.ids import NIL
from apps.core.realtime.close_codes import CloseCode
from apps.core.realtime.socket import Receive, Scope, Send, Socket, SocketClosedError
from apps.notifications.consumers import BoardSocket, NotificationSocket, TailSocket


class NoSocket(Socket):
    """Any other path: refused before the handshake, as HTTP 403."""

    async def open(self) -> None:
        raise SocketClosedError(CloseCode.FORBIDDEN)


# Django's types know its own views only; Channels' router takes ASGI applications.
_boards: Any = BoardSocket.as_asgi()
_nothing: Any = NoSocket.as_asgi()
_notifications: Any = NotificationSocket.as_asgi()
_tails: Any = TailSocket.as_asgi()

routes = URLRouter(
    [
        path("ws/notifications/", _notifications),
        path("ws/boards/global/", _boards, {"scope": NIL}),
        path("ws/boards/<id:scope>/", _boards),
        path("ws/portal/games/<id:game_id>/unlocks/", _tails),
        re_path("", _nothing),
    ]
)


async def websockets(scope: Scope, receive: Receive, send: Send) -> None:
    """Serve a socket; a path without its last slash is the same path, as no handshake follows a redirect."""
    if not scope["path"].endswith("/"):
        scope["path"] += "/"
    await (_nothing if is_refused_in_the_clear(scope) else routes)(scope, receive, send)
