"""/ws/notifications/"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from apps.core.asgi.micro_batching import MicroBatcher
from apps.core.parsing.sentences import whole_number
from apps.core.parsing.values import COUNT_MAX, read_count
from apps.core.realtime.asgi_types import Scope
from apps.core.realtime.per_loop import PerLoop
from apps.core.realtime.session_accounts import check_origin, session_of
from apps.core.realtime.socket_closing import CloseCode, SocketClosedError
from apps.core.realtime.socket_consumer import SocketConsumer
from apps.core.realtime.threads import in_thread
from apps.core.redis.client import RedisUnavailableError
from apps.games.auth.credentials import Credentials, of_session
from apps.notifications.connections.catch_up import catch_up
from apps.notifications.connections.connection_limit import BATCH_SIZE
from apps.notifications.connections.tickets import redeem
from apps.notifications.consumers.feed import PlayerFeed
from apps.players.models import Player

_redeeming = PerLoop(lambda: MicroBatcher(redeem, batches_max=1, size_max=BATCH_SIZE))


class NotificationConsumer(PlayerFeed, SocketConsumer):
    """A player's notifications as they happen; the client sends where to start, and what it has seen."""

    is_heartbeat_expected = True
    parameters = frozenset({"ticket", "since"})
    frames: ClassVar[Mapping[str, Sequence[str]]] = {"heartbeat": (), "resume": ("last_seq",), "ack": ("seq",)}

    async def connect(self) -> None:
        # No page of another site has a ticket: only cookies are sent by themselves.
        if "ticket" not in self.query():
            check_origin(self.scope)
        await self.accept()
        parameters = self.read_parameters()
        since, secret = _since(parameters.get("since")), parameters.get("ticket")
        credentials = await (_of_ticket(secret) if secret else in_thread(_of_session, self.scope))
        await self.begin(credentials, since)

    async def receive_json(self, content: dict[str, Any], **kwargs: Any) -> None:
        match self.read_type(content):
            case "heartbeat":
                await self.send_json({"type": "heartbeat_ack", "last_seq": self._known})
            case "resume":
                self.go_back_to(_seq(content, "last_seq"))
            case "ack":
                # May be from before a reset, or of another page; never of one that doesn't exist.
                self._acknowledge(min(_seq(content, "seq"), self._known))

    def _acknowledge(self, seq: int) -> None:
        # A game client sees its own game's events only, so it can't acknowledge for the player.
        if self.credentials is not None and self.credentials.player_id and self.credentials.game_id is None:
            catch_up().acknowledge(self.credentials.player_id, seq)


def _since(text: str | None) -> int | None:
    """Return the number after which to begin, if given. Raises: SocketClosedError."""
    since = None if text is None else read_count(text)
    if text is not None and since is None:
        raise _no_number("since")
    return since


def _seq(frame: Mapping[str, object], name: str) -> int:
    """Return the number of an event. Raises: SocketClosedError for anything else, `true` included."""
    value = frame.get(name)
    if type(value) is not int or not 0 <= value <= COUNT_MAX:
        raise _no_number(name)
    return value


def _no_number(name: str) -> SocketClosedError:
    return SocketClosedError(CloseCode.BAD_FRAME, whole_number(name, low=0, high=COUNT_MAX))


async def _of_ticket(secret: str) -> Credentials:
    try:
        credentials = await _redeeming().call(secret)
    except RedisUnavailableError:
        raise SocketClosedError(CloseCode.TRY_LATER) from None
    if credentials is None:
        raise SocketClosedError(CloseCode.NOT_AUTHENTICATED)
    return credentials


def _of_session(scope: Scope) -> Credentials:
    session_key, account = session_of(scope)
    player_id = Player.objects.filter(account=account.pk).values_list("pk", flat=True).first()
    if player_id is None:
        # A studio's account without a player has no notifications.
        raise SocketClosedError(CloseCode.FORBIDDEN)
    return of_session(account, session_key, player_id=player_id)
