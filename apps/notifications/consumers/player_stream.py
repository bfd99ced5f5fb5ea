"""GET /api/v1/players/me/notifications/stream, from the moment that its view has admitted the client."""

from apps.core.realtime.asgi_types import Receive, Scope, Send
from apps.core.realtime.event_stream import STREAM_HEARTBEAT_SECONDS, EventStream, Fields
from apps.games.auth.credentials import Credentials
from apps.notifications.consumers.feed import PlayerFeed


class NotificationStreamConsumer(EventStream, PlayerFeed):
    """Everything a player is told, as server-sent events with the frames of the socket."""

    heartbeat_seconds = STREAM_HEARTBEAT_SECONDS

    def __init__(self, *, headers: Fields, credentials: Credentials, since: int | None) -> None:
        super().__init__(headers)
        self.credentials = credentials
        self._since = since

    @classmethod
    async def go_on(
        cls, scope: Scope, receive: Receive, send: Send, admitted: tuple[Credentials, int | None], headers: Fields
    ) -> None:
        """Serve a client whom the view has let in."""
        credentials, since = admitted
        await cls.as_asgi(headers=headers, credentials=credentials, since=since)(scope, receive, send)

    async def handle(self, body: bytes) -> None:
        assert self.credentials is not None
        await self.accept()
        await self.begin(self.credentials, self._since)
