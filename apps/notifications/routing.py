"""Routes of the sockets."""

from channels.routing import URLRouter
from django.urls import path, re_path

from apps.core.ids import NIL
from apps.core.sockets.socket import CloseCode, Socket, SocketClosedError
from apps.notifications.consumers import BoardSocket, NotificationSocket, TailSocket


class NoSocket(Socket):
    """Any other path: refused before the handshake, as HTTP 403."""

    async def open(self) -> None:
        raise SocketClosedError(CloseCode.FORBIDDEN)


websockets = URLRouter(
    [
        path("ws/notifications/", NotificationSocket.as_asgi()),
        path("ws/boards/global/", BoardSocket.as_asgi(), {"scope": NIL}),
        path("ws/boards/<uuid:scope>/", BoardSocket.as_asgi()),
        path("ws/portal/games/<uuid:game_id>/unlocks/", TailSocket.as_asgi()),
        re_path("", NoSocket.as_asgi()),
    ]
)
