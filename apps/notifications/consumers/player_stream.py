"""GET /api/v1/players/me/notifications/stream, from the moment that its view has admitted the client."""

from apps.core.realtime.event_stream import STREAM_HEARTBEAT_SECONDS, EventStream, Fields
from apps.core.realtime.socket import Receive, Scope, Send
from apps.games.auth.credentials import Credentials
from apps.notifications.consumers.feed import PlayerFeed


class NotificationStream(EventStream, PlayerFeed):
    """Everything a player is told, as server-sent events with the frames of the socket."""

    __slots__ = ("_headers", "_since")

    heartbeat_seconds = STREAM_HEARTBEAT_SECONDS

    def __init__(self, scope: Scope, send: Send, headers: Fields, credentials: Credentials, since: int | None) -> None:
        super().__init__(scope, send)
        self._headers = headers
        self.credentials = credentials
        self._since = since

    @classmethod
    async def go_on(
        cls, scope: Scope, receive: Receive, send: Send, admitted: tuple[Credentials, int | None], headers: Fields
    ) -> None:
        """Serve a client whom the view has let in."""
        await cls(scope, send, headers, *admitted).serve(receive)

    async def open(self) -> None:
        assert self.credentials is not None
        await self.accept()
        await self.begin(self.credentials, self._since)

    def take(self, frame: dict[str, object]) -> None:
        """Nothing comes from the client."""
