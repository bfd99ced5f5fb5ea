"""Sockets that only say that something has changed: a board, or a game's tail."""

import asyncio
import random
import time
from abc import abstractmethod
from typing import Any, ClassVar
from uuid import UUID

from django.conf import settings

from apps.core.asgi.micro_batching import Grouper
from apps.core.http.addresses import address_of_scope
from apps.core.ids import NIL
from apps.core.realtime.anonymous_limits import anonymous, members
from apps.core.realtime.close_codes import CloseCode
from apps.core.realtime.hub import hub
from apps.core.realtime.per_loop import PerLoop
from apps.core.realtime.session_accounts import check_origin, session_of
from apps.core.realtime.socket import HEARTBEAT_SECONDS, Scope, Send, Socket, SocketClosedError
from apps.core.realtime.threads import in_thread
from apps.games.auth.credentials import Credentials, of_session
from apps.games.groups import tail_group
from apps.games.models import Membership
from apps.games.queries import are_published
from apps.leaderboards.boards.groups import board_group
from apps.notifications.connections.credential_revalidation import guard
from apps.notifications.consumers.feed import frame_text

# A hinted page is asked for again at most so often.
HINT_SECONDS_MIN = 0.25
# Each hint brings a request for a page: so many a second are had of one board's audience, spread out.
HINTS_PER_SECOND_MAX = 1_000
# Tabs of one person, in a process.
TAILS_PER_ACCOUNT_MAX = 50
# Pages of a board come back together after a restart.
_published = PerLoop(lambda: Grouper(are_published, groups_max=1, size_max=500))


class HintSocket(Socket):
    """Says that something has changed, at most 4 times a second; the page asks for what it shows."""

    __slots__ = ("_group", "_hinted_at", "_is_due")

    is_heartbeat_expected = True
    hint: ClassVar[str]

    def __init__(self, scope: Scope, send: Send) -> None:
        super().__init__(scope, send)
        self._group = ""
        self._hinted_at = 0.0
        self._is_due = False

    async def open(self) -> None:
        await self.accept()
        self._group = await self.group()
        await hub().join(self._group, self)
        self.push(frame_text(type="hello", heartbeat_interval=HEARTBEAT_SECONDS))

    @abstractmethod
    async def group(self) -> str:
        """Return the group to listen to. Raises: SocketClosedError for those who may not."""

    def leave(self) -> None:
        if self._group:
            hub().leave(self._group, self)

    def take(self, frame: dict[str, Any]) -> None:
        if frame.get("type") != "heartbeat":
            raise SocketClosedError(CloseCode.BAD_FRAME)
        self.push('{"type":"heartbeat_ack"}')

    def on_hint(self, message: dict[str, Any]) -> None:
        if not self._is_due:
            self._is_due = True
            asyncio.get_running_loop().call_later(self._delay(), self._tell)

    def on_silence(self) -> None:
        self.on_hint({})

    def _delay(self) -> float:
        crowd_seconds = hub().audience(self._group) / HINTS_PER_SECOND_MAX
        rest = self._hinted_at + max(HINT_SECONDS_MIN, crowd_seconds) - time.monotonic()
        return max(rest, random.uniform(0, crowd_seconds) if crowd_seconds > HINT_SECONDS_MIN else 0)  # noqa: S311

    def _tell(self) -> None:
        self._is_due = False
        self._hinted_at = time.monotonic()
        self.push(self.hint)


class BoardSocket(HintSocket):
    """/ws/boards/<scope>/: anyone may watch a board that anyone may see, from our pages or allowed ones."""

    __slots__ = ("_address",)

    hint = '{"type":"board.changed"}'

    def __init__(self, scope: Scope, send: Send) -> None:
        super().__init__(scope, send)
        self._address = ""

    async def open(self) -> None:
        check_origin(self.scope, [*settings.CSRF_TRUSTED_ORIGINS, *settings.CORS_ALLOWED_ORIGINS])
        await super().open()

    async def group(self) -> str:
        address, limit = address_of_scope(self.scope), settings.ANONYMOUS_SOCKETS_PER_ADDRESS
        anonymous().take(address, each_max=limit, all_max=settings.ANONYMOUS_SOCKETS_MAX)
        self._address = address
        board: UUID = self.scope["url_route"]["kwargs"]["scope"]
        if board != NIL and not await _published().call(board):
            raise SocketClosedError(CloseCode.FORBIDDEN)
        return board_group(board)

    def on_hint(self, message: dict[str, Any]) -> None:
        if message.get("type") == "board.hidden":
            self.close(CloseCode.FORBIDDEN)
        else:
            super().on_hint(message)

    def leave(self) -> None:
        if self._address:
            anonymous().leave(self._address)
        super().leave()


class TailSocket(HintSocket):
    """/ws/portal/games/<game_id>/unlocks/: members of the game's studio."""

    __slots__ = ("credentials",)

    hint = '{"type":"unlocks.arrived"}'

    def __init__(self, scope: Scope, send: Send) -> None:
        super().__init__(scope, send)
        self.credentials: Credentials | None = None

    async def open(self) -> None:
        check_origin(self.scope)
        await super().open()

    async def group(self) -> str:
        game_id: UUID = self.scope["url_route"]["kwargs"]["game_id"]
        credentials = await in_thread(_of_member, self.scope, game_id)
        members().take(str(credentials.account_id), each_max=TAILS_PER_ACCOUNT_MAX)
        self.credentials = credentials
        guard().add(self)
        return tail_group(game_id)

    def leave(self) -> None:
        if self.credentials is not None:
            members().leave(str(self.credentials.account_id))
        guard().remove(self)
        super().leave()


def _of_member(scope: Scope, game_id: UUID) -> Credentials:
    session_key, account = session_of(scope)
    if not Membership.objects.filter(account=account.pk, studio__games=game_id).exists():
        raise SocketClosedError(CloseCode.FORBIDDEN)
    return of_session(account, session_key, player_id=None, game_id=game_id)
