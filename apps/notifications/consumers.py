"""The sockets: a player's notifications, and hints that a board or a game's tail has changed."""

import asyncio
import random
import re
import time
from abc import abstractmethod
from typing import Any, ClassVar
from urllib.parse import parse_qs
from uuid import UUID

import orjson
from django.db.utils import InterfaceError, OperationalError

from apps.core import realtime
from apps.core.redis import RedisAwayError
from apps.core.sockets.hub import hub
from apps.core.sockets.sessions import account_of, check_origin
from apps.core.sockets.socket import HEARTBEAT_SECONDS, CloseCode, Scope, Send, Socket, SocketClosedError
from apps.core.sockets.threads import in_thread
from apps.core.sockets.watch import watch
from apps.games.models import Membership
from apps.notifications import queries, tickets
from apps.notifications.watchdog import watchdog
from apps.players.models import Player

_EVENT = '{"type":"event"'
_number = re.compile(r"\d{1,18}\Z")

# A hinted page is asked for again at most so often.
HINT_SECONDS_MIN = 0.25
# Each hint brings a request for a page: so many a second are had of one board's audience, spread out.
HINTS_PER_SECOND_MAX = 1_000


class NotificationSocket(Socket):
    """/ws/notifications/: everything a player is told, in order, without holes or doubles.

    `_sent` is the number of the last notification queued for the client, `_known` the latest that is known to exist.
    A push that follows on `_sent` is queued; after anything else the writer reads the inbox until the two are equal.
    """

    __slots__ = ("_game_id", "_is_catching_up", "_known", "_player_id", "_sent")

    is_heartbeat_expected = True

    def __init__(self, scope: Scope, send: Send) -> None:
        super().__init__(scope, send)
        self._player_id: UUID | None = None
        self._game_id: UUID | None = None
        # Nothing is sent before hello: until then pushes are only noted.
        self._is_catching_up = True
        self._known = self._sent = 0

    async def open(self) -> None:
        parameters = parse_qs(self.scope["query_string"].decode("latin-1"))
        secret, since = parameters.get("ticket", [""])[0], parameters.get("since", [""])[0]
        if not secret:
            check_origin(self.scope)
        await self.accept()
        if since and not _number.match(since):
            raise SocketClosedError(CloseCode.BAD_FRAME)
        player_id, self._game_id = (
            await in_thread(_redeem, secret) if secret else await in_thread(_player_of, self.scope)
        )
        self._player_id = player_id
        watchdog().add(player_id, self)
        await hub().join(realtime.player_group(player_id), self)
        latest = await in_thread(queries.last_seq, player_id)
        self._known = max(self._known, latest)
        self._sent = min(int(since), self._known) if since else latest
        self._is_catching_up = self._sent < self._known
        self.push(_text(type="hello", heartbeat_interval=HEARTBEAT_SECONDS, last_seq=latest))

    def leave(self) -> None:
        if self._player_id is not None:
            watchdog().remove(self._player_id, self)
            hub().leave(realtime.player_group(self._player_id), self)

    def take(self, frame: dict[str, Any]) -> None:
        match frame:
            case {"type": "heartbeat"}:
                self.push(_text(type="heartbeat_ack", last_seq=self._known))
            case {"type": "resume", "last_seq": int(seq)} if seq >= 0:
                self._go_back_to(seq)
            case {"type": "ack", "seq": int(seq)} if seq >= 0:
                # Perhaps of a number from before it went back, or of another page's; never of one that isn't there.
                self._acknowledge(min(seq, self._known))
            case _:
                raise SocketClosedError(CloseCode.BAD_FRAME)

    def on_hint(self, message: dict[str, Any]) -> None:
        frames = message["frames"]
        self._known = max(self._known, frames[-1][0])
        if self._is_catching_up:
            return
        for seq, game, text in frames:
            if seq == self._sent + 1:
                self._sent = seq
                if self._is_told_of(game):
                    self.push(text)
        if self._sent < self._known:
            self._catch_up()

    def on_silence(self) -> None:
        watch().hurry()

    def hear_of(self, seq: int) -> None:
        self._known = max(self._known, seq)
        if self._sent < self._known and not self._is_catching_up:
            self._catch_up()

    async def refill(self) -> bool:
        if not self._is_catching_up or self._player_id is None:
            return False
        began_at = self._sent
        try:
            kept = await in_thread(queries.notifications_after, self._player_id, began_at)
        except (OperationalError, InterfaceError):
            # The watchdog tries again, until PostgreSQL is back.
            self._is_catching_up = False
            return False
        if self._sent != began_at:
            # The client has gone back meanwhile.
            return True
        for item in kept:
            self._sent = item.seq
            if self._is_told_of(item.game_id.hex if item.game_id else ""):
                self._frames.append(item.frame())
        # Known but not there: the inbox has gone back, as after a restored backup.
        self._known = max(self._known, self._sent) if kept else self._sent
        self._is_catching_up = self._sent < self._known
        return True

    def _is_told_of(self, game: str) -> bool:
        return self._game_id is None or self._game_id.hex == game

    def _go_back_to(self, seq: int) -> None:
        # What waits in the queue comes again from the inbox, in order.
        waiting = [text for text in self._frames if not text.startswith(_EVENT)]
        self._frames.clear()
        self._frames.extend(waiting)
        self._sent = min(seq, self._known)
        self._catch_up()

    def _catch_up(self) -> None:
        self._is_catching_up = True
        self.wake()

    def _acknowledge(self, seq: int) -> None:
        # A game client has seen its own game's events only, so it can't say what has been read.
        if self._player_id is not None and self._game_id is None:
            watchdog().acknowledge(self._player_id, seq)


class HintSocket(Socket):
    """Says that something has changed, at most 4 times a second; the page asks for what it shows."""

    __slots__ = ("_group", "_hinted_at", "_is_due")

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
        self.push(_text(type="hello", heartbeat_interval=HEARTBEAT_SECONDS))

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
    """/ws/boards/<scope>/: anyone may watch a board."""

    hint = '{"type":"board.changed"}'

    async def group(self) -> str:
        return realtime.board_group(self.scope["url_route"]["kwargs"]["scope"])


class TailSocket(HintSocket):
    """/ws/portal/games/<game_id>/unlocks/: members of the game's studio."""

    hint = '{"type":"unlocks.arrived"}'

    async def open(self) -> None:
        check_origin(self.scope)
        await super().open()

    async def group(self) -> str:
        game_id: UUID = self.scope["url_route"]["kwargs"]["game_id"]
        await in_thread(_check_member, self.scope, game_id)
        return realtime.tail_group(game_id)


def _text(**frame: Any) -> str:
    return orjson.dumps(frame).decode()


def _redeem(secret: str) -> tuple[UUID, UUID | None]:
    try:
        ticket = tickets.redeem(secret)
    except RedisAwayError:
        raise SocketClosedError(CloseCode.TRY_LATER) from None
    if ticket is None:
        raise SocketClosedError(CloseCode.NOT_AUTHENTICATED)
    return ticket.player_id, ticket.game_id


def _player_of(scope: Scope) -> tuple[UUID, UUID | None]:
    player_id = Player.objects.filter(account=account_of(scope).pk).values_list("pk", flat=True).first()
    if player_id is None:
        # A studio's account that plays nothing has nothing to hear.
        raise SocketClosedError(CloseCode.FORBIDDEN)
    return player_id, None


def _check_member(scope: Scope, game_id: UUID) -> None:
    if not Membership.objects.filter(account=account_of(scope).pk, studio__games=game_id).exists():
        raise SocketClosedError(CloseCode.FORBIDDEN)
