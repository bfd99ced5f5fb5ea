"""GET /api/v1/players/me/notifications/stream, after its view has admitted the client."""

from apps.core.realtime.asgi_types import Receive, Scope, Send
from apps.core.realtime.event_stream import STREAM_HEARTBEAT_SECONDS, EventStream, Fields
from apps.games.auth.credentials import Credentials
from apps.notifications.consumers.feed import PlayerFeed


class NotificationStreamConsumer(EventStream, PlayerFeed):
    """A player's notifications as server-sent events, with the frames of the socket."""

    heartbeat_seconds = STREAM_HEARTBEAT_SECONDS

    def __init__(self, *, headers: Fields, credentials: Credentials, since: int | None) -> None:
        super().__init__(headers)
        self.credentials = credentials
        self._since = since

    @classmethod
    async def go_on(
        cls, scope: Scope, receive: Receive, send: Send, admitted: tuple[Credentials, int | None], headers: Fields
    ) -> None:
        """Serve a client admitted by the view."""
        credentials, since = admitted
        await cls.as_asgi(headers=headers, credentials=credentials, since=since)(scope, receive, send)

    async def handle(self, body: bytes) -> None:
        assert self.credentials is not None
        await self.accept()
        await self.begin(self.credentials, self._since)
