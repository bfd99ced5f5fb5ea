"""Many players' sockets at once: opened no faster than they are taken, kept alive, and counted when they drop."""

from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from time import perf_counter
from typing import Any

from tests.supervised import Stack
from tests.tools.load.generator import steady
from tests.tools.load.recorder import NO_RESPONSE, Recorder
from tests.tools.load.socket_connection import SocketConnection
from tests.tools.load.targets import Target
from tests.tools.load.tickets import Tickets
from tests.tools.load.wire import Wire

HEARTBEAT_SECONDS = 25.0
# Handshakes under way at once; a listening socket holds 2,048 and then lets a client wait for a second.
OPENING_MAX = 256
# An address has some 28,000 ports, and one that is closed rests for a minute.
SOCKETS_AN_ADDRESS = 2_500
CLOSED_AT_ONCE = 250

OnEvent = Callable[[str, Any, float], None]


class Crowd:
    """One socket for each player. `on_event` gets (player's id, frame, moment) of every event."""

    def __init__(self, wire: Wire, target: Target, tickets: Tickets, player_ids: Sequence[str]) -> None:
        self.wire = wire
        self.target = target
        self._tickets = tickets
        count = 1 + (len(player_ids) - 1) // SOCKETS_AN_ADDRESS
        # Linux takes all of 127.0.0.0/8 for its own; elsewhere a crowd stays small enough for one address.
        sources = [f"127.0.0.{number}" for number in range(1, 1 + count)] if count > 1 else [None]
        self._members = [Member(self, item, sources[number % count]) for number, item in enumerate(player_ids)]
        self.on_event: OnEvent = lambda *_: None
        self.opening: set[Member] = set()
        self.opened = Recorder()
        self.heartbeats = Recorder()
        # Sockets that ended otherwise than by `close`, by reason.
        self.drops: Counter[str] = Counter()
        # Events that didn't follow on the one before.
        self.gaps = 0

    @property
    def open_count(self) -> int:
        return sum(member.is_open for member in self._members)

    def open(self, *, rate: float | None = None, seconds_max: float = 60.0) -> Recorder:
        """Open all: one each 1/rate seconds, or as fast as they open. Returns times from due handshake to hello."""
        waiting = deque(self._members)
        paths = self._tickets.paths([member.player_id for member in waiting])
        with steady(Recorder()) as self.opened:
            start = self.opened.started_at = perf_counter()
            while (waiting or self.opening) and (moment := perf_counter()) < start + seconds_max:
                due_at = start + (len(self._members) - len(waiting)) / rate if rate else moment
                if waiting and due_at <= moment and len(self.opening) < OPENING_MAX:
                    waiting.popleft().connect(next(paths), due_at)
                    self.wire.wait(moment)
                else:
                    self.wire.wait(max(due_at, moment + 0.001) if waiting else moment + 0.1)
            self.opened.ended_at = perf_counter()
        if missing := len(self._members) - self.open_count:
            self.opened.errors[NO_RESPONSE] += missing
        return self.opened

    def close(self) -> None:
        """Hang up on all, as when a network goes down."""
        for number, member in enumerate(self._members):
            member.close()
            if number % CLOSED_AT_ONCE == 0:
                self.wire.wait(perf_counter())


class Member:
    """A player and their socket."""

    __slots__ = ("_connection", "_crowd", "_due_at", "_last_seq", "_requested_at", "_source", "is_open", "player_id")

    def __init__(self, crowd: Crowd, player_id: str, source: str | None) -> None:
        self.player_id = player_id
        self.is_open = False
        self._crowd = crowd
        self._source = source
        self._connection: SocketConnection | None = None
        self._due_at = self._requested_at = 0.0
        self._last_seq: int | None = None

    def connect(self, path: str, due_at: float) -> None:
        """Open the socket, from where the last one had got to."""
        crowd, self._due_at = self._crowd, due_at
        since = "" if self._last_seq is None else f"&since={self._last_seq}"
        crowd.opening.add(self)
        try:
            self._connection = SocketConnection(
                crowd.wire, crowd.target, path + since, self._on_frame, self._on_end, source=self._source
            )
        except OSError as error:
            self._on_end(f"not connected: {error.strerror}")

    def close(self) -> None:
        self._crowd.opening.discard(self)
        self.is_open = False
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _on_frame(self, frame: Any, moment: float) -> None:
        match frame["type"]:
            case "hello":
                self._settle(frame["last_seq"], moment)
            case "heartbeat_ack":
                self._crowd.heartbeats.good(moment - self._requested_at)
            case "event":
                self._crowd.gaps += self._last_seq is not None and frame["seq"] != self._last_seq + 1
                self._last_seq = frame["seq"]
                self._crowd.on_event(self.player_id, frame, moment)

    def _settle(self, last_seq: int, moment: float) -> None:
        self._crowd.opening.discard(self)
        self._crowd.opened.good(moment - self._due_at)
        self.is_open = True
        if self._last_seq is None:
            self._last_seq = last_seq
        self._beat_later(self._connection)

    def _beat_later(self, connection: SocketConnection | None) -> None:
        self._crowd.wire.call_at(perf_counter() + HEARTBEAT_SECONDS, lambda: self._beat(connection))

    def _beat(self, connection: SocketConnection | None) -> None:
        """Send a heartbeat, unless the socket is another by now."""
        if connection is not None and connection is self._connection and self.is_open:
            self._requested_at = perf_counter()
            connection.send_json({"type": "heartbeat"})
            self._beat_later(connection)

    def _on_end(self, reason: str) -> None:
        self._crowd.drops[reason] += 1
        self._connection = None
        self.is_open = False
        self._crowd.opening.discard(self)


@contextmanager
def crowd_of(stack: Stack, wire: Wire, target: Target, game_id: str, player_ids: Sequence[str]) -> Iterator[Crowd]:
    """Return a crowd that is to be opened, and close it at the end."""
    tickets = Tickets(stack, game_id)
    try:
        crowd = Crowd(wire, target, tickets, player_ids)
        try:
            yield crowd
        finally:
            crowd.close()
    finally:
        tickets.close()
