"""A player's notifications on any kind of connection: in order, without gaps or duplicates."""

from collections.abc import Collection
from uuid import UUID

from django.db.utils import InterfaceError, OperationalError

from apps.core.asgi.micro_batching import MicroBatcher
from apps.core.realtime.asgi_types import Message
from apps.core.realtime.consumer import LiveConsumer
from apps.core.realtime.per_loop import PerLoop
from apps.core.realtime.socket_closing import CloseCode
from apps.core.realtime.socket_consumer import HEARTBEAT_SECONDS
from apps.core.realtime.threads import in_thread
from apps.core.realtime.watch import watch
from apps.games.auth.credentials import Credentials, Holder
from apps.notifications.connections.catch_up import catch_up
from apps.notifications.connections.connection_limit import BATCH_SIZE, connection_slots
from apps.notifications.connections.credential_revalidation import revalidator
from apps.notifications.inbox import queries
from apps.players.channel_groups import player_group

_EVENT = '{"type":"event"'
_latest = PerLoop(lambda: MicroBatcher(queries.last_seqs, batches_max=1, size_max=BATCH_SIZE))


class PlayerFeed(LiveConsumer):
    """A player's notifications.

    `_sent` is the number of the last notification queued for the client, `_known` the latest known to exist.
    A push that directly follows `_sent` is queued; otherwise the writer reads the inbox until the two are equal.
    """

    greets = True
    heartbeat_seconds = HEARTBEAT_SECONDS

    def __init__(self) -> None:
        super().__init__()
        self.credentials: Credentials | None = None
        self.slot = b""
        # Nothing is sent before hello: until then pushes only update `_known`.
        self._is_catching_up = True
        self._known = self._sent = 0

    @property
    def sent_seq(self) -> int:
        return self._sent

    @property
    def holder(self) -> Holder | None:
        return self.credentials.holder if self.credentials else None

    @property
    def _player_id(self) -> UUID | None:
        return self.credentials.player_id if self.credentials else None

    async def begin(self, credentials: Credentials, since: int | None) -> None:
        """Count towards the player's limit, and send hello; notifications after `since` follow."""
        player_id = credentials.player_id
        assert player_id is not None
        assert credentials.holder is not None
        self.credentials = credentials
        revalidator().add(self)
        catch_up().add(player_id, self)
        await self.join(player_group(player_id))
        await connection_slots().take(credentials.holder, self)
        latest = await _latest().call(player_id)
        self._known = max(self._known, latest)
        self._sent = latest if since is None else min(since, self._known)
        self._is_catching_up = self._sent < self._known
        await self.greet(heartbeat_interval=self.heartbeat_seconds, last_seq=latest)

    async def disconnect(self, code: int) -> None:
        if (player_id := self._player_id) is None:
            return
        revalidator().remove(self)
        catch_up().remove(player_id, self)
        if self.slot and self.holder:
            connection_slots().leave(self.holder, self.slot)

    def player_events(self, message: Message) -> None:
        self._take_pushes(message["frames"])

    def player_replaced(self, message: Message) -> None:
        self.close_if_replaced(message["slots"])

    def player_revalidate(self, message: Message) -> None:
        revalidator().check_now(self)

    def messages_lost(self) -> None:
        watch().hurry()

    def close_if_replaced(self, connections: Collection[bytes]) -> None:
        if self.slot in connections:
            self.end(CloseCode.REPLACED)

    def note_latest(self, seq: int) -> None:
        self._known = max(self._known, seq)
        if self._sent < self._known and not self._is_catching_up:
            self.catch_up()

    async def refill(self) -> bool:
        if not self._is_catching_up or (player_id := self._player_id) is None:
            return False
        began_at = self._sent
        try:
            stored = await in_thread(queries.notifications_after, player_id, began_at)
        except (OperationalError, InterfaceError):
            # The catch-up retries until PostgreSQL is back.
            self._is_catching_up = False
            return False
        if self._sent != began_at:
            # The client has requested earlier ones in the meantime.
            return True
        for item in stored:
            self._sent = item.seq
            if self._may_receive(item.game_id.hex if item.game_id else ""):
                self._queue.append(item.frame())
        # Known but missing: the inbox was reset, as by restoring a backup.
        self._known = max(self._known, self._sent) if stored else self._sent
        self._is_catching_up = self._sent < self._known
        return True

    def go_back_to(self, seq: int) -> None:
        """Send everything after `seq` again."""
        # Queued events are read from the inbox again, in order.
        waiting = [item for item in self._queue if not (isinstance(item, str) and item.startswith(_EVENT))]
        self._queue.clear()
        self._queue.extend(waiting)
        self._sent = min(seq, self._known)
        self.catch_up()

    def catch_up(self) -> None:
        self._is_catching_up = True
        self.wake()

    def _take_pushes(self, frames: list[tuple[int, str, str]]) -> None:
        self._known = max(self._known, frames[-1][0])
        if self._is_catching_up:
            return
        for seq, game, text in frames:
            if seq == self._sent + 1:
                self._sent = seq
                if self._may_receive(game):
                    self.push(text)
        if self._sent < self._known:
            self.catch_up()

    def _may_receive(self, game: str) -> bool:
        game_id = self.credentials.game_id if self.credentials else None
        return game_id is None or game_id.hex == game
