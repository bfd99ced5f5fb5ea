"""A stack under measurement: its world, and runs in the open and the closed loop."""

import secrets
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import cached_property
from time import perf_counter

import psycopg

from tests.supervised import Stack
from tests.tools.load.cpu import per_request, seconds_used
from tests.tools.load.crowd import Crowd, crowd_of
from tests.tools.load.generator import Run, Workload, closed_loop, open_loop
from tests.tools.load.recorder import Summary
from tests.tools.load.report import Result, line
from tests.tools.load.targets import Target
from tests.tools.load.wire import Wire
from tests.tools.load.workloads import Pairs, UnlockSingle
from tests.tools.load.world import World, make_world

PLAYERS, ACHIEVEMENTS = 20_000, 300
# Players held back: some listen on sockets, some are on no board before their only unlock.
LISTENING, PROBED = 200, 3_000
SETTLE_SECONDS_MAX = 300.0
# What is demanded in the open loop: (p95, p99) in milliseconds.
LIMITS = {
    "unlock single": (100.0, 200.0),
    "board page": (50.0, 100.0),
    "rank": (50.0, 100.0),
    "dashboard": (200.0, 500.0),
    "unlock beside jobs": (100.0, 200.0),
    "unlock by night": (100.0, 200.0),
    "unlock by import": (100.0, 200.0),
    "unlock-to-board": (None, 1000.0),
    "unlock-to-page": (None, 1000.0),
    "unlock-to-socket": (None, 500.0),
}
# A flow in the open loop, at half the rate that it reached in the closed one.
HALF = ", half rate"
LIMITS_AT_HALF = (None, 10.0)


@dataclass(frozen=True, slots=True)
class Plan:
    """How long each run is, the rates of the open loop and the connections of the closed one."""

    seconds: float
    rates: Sequence[float]
    connections: Sequence[int]
    # Whether reads are offered at half of what they reached, too.
    is_halved: bool = False


@dataclass
class Bench:
    """A stack under measurement."""

    stack: Stack
    target: Target
    plan: Plan
    say: Callable[[str], None]
    results: list[Result] = field(default_factory=list)
    wire: Wire = field(default_factory=Wire)
    # Players of the world who listen on sockets.
    listening: int = LISTENING
    is_failed: bool = False

    @cached_property
    def world(self) -> World:
        label = f"bench-{secrets.token_hex(3)}"
        return make_world(self.stack.database_url, label=label, players=PLAYERS, achievements=ACHIEVEMENTS)

    @cached_property
    def pairs(self) -> Pairs:
        return Pairs(self.world.player_ids[self.listening + PROBED :], self.world.achievement_ids)

    @cached_property
    def probes(self) -> Pairs:
        return Pairs(self.world.player_ids[self.listening : self.listening + PROBED], self.world.achievement_ids[:1])

    @cached_property
    def listeners(self) -> Pairs:
        return Pairs(self.world.player_ids[: self.listening], self.world.achievement_ids)

    def crowd(self) -> AbstractContextManager[Crowd]:
        """Return the sockets of all listeners, still to be opened."""
        players = self.world.player_ids[: self.listening]
        return crowd_of(self.stack, self.wire, self.target, self.world.game_id, players)

    def singles(self, pairs: Pairs) -> UnlockSingle:
        return UnlockSingle(self.target, self.world.live_key, pairs)

    @property
    def game_scope(self) -> str:
        """The demo game, whose board is full from the start."""
        return str(self.stack.demo["game"]["id"])

    @property
    def demo_key(self) -> str:
        """A server's key of the demo game."""
        return str(self.stack.demo["game"]["live_key"])

    @cached_property
    def incremental_id(self) -> str:
        """An achievement of the bench's game that takes more steps than anyone makes here."""
        with psycopg.connect(self.stack.database_url, autocommit=True) as connection:
            row = connection.execute(
                "UPDATE achievement SET kind = 'incremental', target = 1000000 WHERE id = %s RETURNING id::text",
                [self.world.achievement_ids[-1]],
            ).fetchone()
        return str(row[0]) if row else ""

    def add(self, result: Result) -> None:
        self.results.append(result)
        self.is_failed |= bool(result.summary.errors)
        self.say(line(result))

    def offer(self, name: str, workload: Workload, rate: float) -> None:
        """Run the open loop and report it."""
        run = open_loop(self.wire, self.target, workload, rate=rate / workload.weight, seconds=self.plan.seconds)
        self.report_offered(name, run, run.recorder.summary(), rate)

    def offer_half(self, name: str, workload: Workload) -> None:
        """Offer half of the best rate that a flow has reached in the closed loop, if it has."""
        reached = [item.summary.rate for item in self.results if item.scenario == name and item.connections]
        if self.plan.is_halved and reached:
            self.offer(f"{name}{HALF}", workload, max(reached) / 2)

    def report_offered(self, name: str, run: Run, summary: Summary, rate: float, remark: str = "") -> None:
        remarks = [remark, _verdict(name, summary.p95, summary.p99), "overloaded" if run.is_overloaded else ""]
        self.add(Result(name, summary, offered_rate=rate, remark=", ".join(filter(None, remarks))))

    def exhaust(self, name: str, workload: Workload, connections: int, *, is_writing: bool = False) -> None:
        """Run the closed loop and report it."""
        before, began = seconds_used(self.stack.pids), perf_counter()
        run = closed_loop(self.wire, self.target, workload, connections=connections, seconds=self.plan.seconds)
        remark = self.settle() if is_writing else ""
        request_count = run.requests * workload.weight
        if is_writing:
            remark = f"on the boards at {request_count / (perf_counter() - began):,.0f}/s" + (
                f", {remark}" if remark else ""
            )
        # With what the relay had left to do: the whole cost of the requests.
        cost = per_request(before, seconds_used(self.stack.pids), request_count)
        cost["generator"] = round(run.cpu_seconds * 1e6 / request_count)
        self.add(Result(name, run.recorder.summary(), connections=connections, cpu_microseconds=cost, remark=remark))

    def settle(self) -> str:
        """Wait until the relay has carried everything out; return how far behind it was."""
        began = perf_counter()
        with psycopg.connect(self.stack.database_url, autocommit=True) as connection:
            behind = waiting = _waiting(connection)
            while waiting and perf_counter() < began + SETTLE_SECONDS_MAX:
                self.wire.wait(perf_counter() + 0.1)
                waiting = _waiting(connection)
        if waiting:
            self.is_failed = True
            return f"outbox still holds {waiting:,}"
        return f"relay {behind:,} behind, done {perf_counter() - began:.1f} s later" if behind else ""


def _waiting(connection: psycopg.Connection) -> int:
    row = connection.execute("SELECT count(*) FROM outbox").fetchone()
    return int(row[0]) if row else 0


def _verdict(name: str, p95: float | None, p99: float | None) -> str:
    limits = LIMITS_AT_HALF if name.endswith(HALF) else LIMITS.get(name)
    if limits is None or p95 is None or p99 is None:
        return ""
    p95_max, p99_max = limits
    is_met = (p95_max is None or p95 < p95_max) and p99 < p99_max
    return "as demanded" if is_met else "MISSES what is demanded"
