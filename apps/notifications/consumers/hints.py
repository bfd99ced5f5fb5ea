"""Sockets that only signal a change: of a board, or of a game's live page."""

import asyncio
import random
import time
from abc import abstractmethod
from typing import Any, ClassVar
from uuid import UUID

from django.conf import settings

from apps.core.asgi.micro_batching import MicroBatcher
from apps.core.http.ip_addresses import ip_address_of_scope
from apps.core.ids import NIL
from apps.core.realtime.asgi_types import Message, Scope
from apps.core.realtime.per_loop import PerLoop
from apps.core.realtime.process_limits import Bounds
from apps.core.realtime.session_accounts import check_origin, session_of
from apps.core.realtime.socket_closing import CloseCode, SocketClosedError
from apps.core.realtime.socket_consumer import HEARTBEAT_SECONDS, SocketConsumer
from apps.core.realtime.threads import in_thread
from apps.games.auth.credentials import Credentials, of_session
from apps.games.channel_groups import tail_group
from apps.games.models import Membership
from apps.games.queries import are_published
from apps.leaderboards.boards.channel_groups import board_group
from apps.notifications.connections.credential_revalidation import revalidator

# A page that is notified is requested again at most this often.
HINT_SECONDS_MIN = 0.25
# Each hint causes a page request: a board's audience makes at most this many a second, spread out.
HINTS_PER_SECOND_MAX = 1_000
# One person's tabs.
TAILS_PER_ACCOUNT_MAX = 50
# Open connections: of visitors by IP address, of members of studios by account.
_visitors = PerLoop(lambda: Bounds("visitors"))
_members = PerLoop(lambda: Bounds("members"))
# Pages of a board reconnect together after a restart.
_published = PerLoop(lambda: MicroBatcher(are_published, batches_max=1, size_max=500))


class HintConsumer(SocketConsumer):
    """Signals changes, at most 4 times a second; the page requests its new contents."""

    greets = True
    is_heartbeat_expected = True
    hint: ClassVar[str]

    def __init__(self) -> None:
        super().__init__()
        self._group = ""
        self._hinted_at = 0.0
        self._is_due = False

    async def connect(self) -> None:
        await self.accept()
        self.read_parameters()
        self._group = await self.group_to_join()
        await self.join(self._group)
        await self.greet(heartbeat_interval=HEARTBEAT_SECONDS)

    @abstractmethod
    async def group_to_join(self) -> str:
        """Return the group to join. Raises: SocketClosedError without permission."""

    async def receive_json(self, content: dict[str, Any], **kwargs: Any) -> None:
        self.read_type(content)
        await self.send_json({"type": "heartbeat_ack"})

    def messages_lost(self) -> None:
        self.send_hint_soon()

    def send_hint_soon(self) -> None:
        """Schedule a hint to the page, unless one is scheduled."""
        if not self._is_due:
            self._is_due = True
            asyncio.get_running_loop().call_later(self._delay(), self._send_hint)

    def _delay(self) -> float:
        crowd_seconds: float = self.channel_layer.group_size(self._group) / HINTS_PER_SECOND_MAX
        rest = self._hinted_at + max(HINT_SECONDS_MIN, crowd_seconds) - time.monotonic()
        return max(rest, random.uniform(0, crowd_seconds) if crowd_seconds > HINT_SECONDS_MIN else 0)  # noqa: S311

    def _send_hint(self) -> None:
        self._is_due = False
        self._hinted_at = time.monotonic()
        self.push(self.hint)


class BoardConsumer(HintConsumer):
    """/ws/boards/<scope>/: anyone may watch a public board, from our pages or allowed ones."""

    hint = '{"type":"board.changed"}'

    def __init__(self) -> None:
        super().__init__()
        self._ip_address = ""

    async def connect(self) -> None:
        check_origin(self.scope, [*settings.CSRF_TRUSTED_ORIGINS, *settings.CORS_ALLOWED_ORIGINS])
        await super().connect()

    async def group_to_join(self) -> str:
        ip_address, limit = ip_address_of_scope(self.scope), settings.ANONYMOUS_SOCKETS_PER_ADDRESS
        _visitors().take(ip_address, each_max=limit, all_max=settings.ANONYMOUS_SOCKETS_MAX)
        self._ip_address = ip_address
        board: UUID = self.scope["url_route"]["kwargs"]["scope"]
        if board != NIL and not await _published().call(board):
            raise SocketClosedError(CloseCode.FORBIDDEN)
        return board_group(board)

    def board_changed(self, message: Message) -> None:
        self.send_hint_soon()

    def board_hidden(self, message: Message) -> None:
        self.end(CloseCode.FORBIDDEN)

    async def disconnect(self, code: int) -> None:
        if self._ip_address:
            _visitors().leave(self._ip_address)


class TailConsumer(HintConsumer):
    """/ws/portal/games/<game_id>/unlocks/: members of the game's studio."""

    hint = '{"type":"unlocks.arrived"}'

    def __init__(self) -> None:
        super().__init__()
        self.credentials: Credentials | None = None

    async def connect(self) -> None:
        check_origin(self.scope)
        await super().connect()

    async def group_to_join(self) -> str:
        game_id: UUID = self.scope["url_route"]["kwargs"]["game_id"]
        credentials = await in_thread(_of_member, self.scope, game_id)
        _members().take(str(credentials.account_id), each_max=TAILS_PER_ACCOUNT_MAX)
        self.credentials = credentials
        revalidator().add(self)
        return tail_group(game_id)

    def unlocks_arrived(self, message: Message) -> None:
        self.send_hint_soon()

    async def disconnect(self, code: int) -> None:
        if self.credentials is not None:
            _members().leave(str(self.credentials.account_id))
        revalidator().remove(self)


def _of_member(scope: Scope, game_id: UUID) -> Credentials:
    session_key, account = session_of(scope)
    if not Membership.objects.filter(account=account.pk, studio__games=game_id).exists():
        raise SocketClosedError(CloseCode.FORBIDDEN)
    return of_session(account, session_key, player_id=None, game_id=game_id)
