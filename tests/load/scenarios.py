"""The flows the bench measures, in the order it measures them."""

import os
import secrets
import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import cached_property
from subprocess import PIPE, Popen
from time import perf_counter

import psycopg

from tests.load.bare_insert import bare_insert, pgbench_path
from tests.load.cpu import per_request, seconds_used
from tests.load.crowd import Crowd, crowd_of
from tests.load.delays import ask, unlock_to_board, unlock_to_socket
from tests.load.generator import Run, Workload, closed_loop, open_loop
from tests.load.http_connection import request_bytes
from tests.load.jobs import HOURLY_JOBS, NIGHTLY_JOBS
from tests.load.past import make_past
from tests.load.real_achievements import ABSENT, find_definitions
from tests.load.real_game import CONNECTIONS, play
from tests.load.recorder import Summary
from tests.load.report import Result, line
from tests.load.targets import Target
from tests.load.wire import Wire
from tests.load.workloads import (
    Mixed,
    Pairs,
    Progressing,
    UnlockBatch,
    UnlockRepeat,
    UnlockSingle,
    achievement_lists,
    board_pages,
    dashboards,
    ping,
    ranks,
)
from tests.load.world import World, make_world
from tests.supervised import CHECKOUT, Stack

PLAYERS, ACHIEVEMENTS = 20_000, 300
# Players kept aside: some listen on sockets, some are on no board before their only unlock.
LISTENING, PROBED = 200, 3_000
BATCH = 100
REPEATED = 200
REAL_UNLOCKS = 100_000
PAST_UNLOCKS = 5_000_000
SETTLE_SECONDS_MAX = 300.0
# What SPEC 13 demands in the open loop: (p95, p99) in milliseconds.
LIMITS = {
    "unlock single": (100.0, 200.0),
    "board page": (50.0, 100.0),
    "rank": (50.0, 100.0),
    "dashboard": (200.0, 500.0),
    "unlock beside jobs": (100.0, 200.0),
    "unlock by night": (100.0, 200.0),
    "unlock-to-board": (None, 1000.0),
    "unlock-to-socket": (None, 500.0),
}


@dataclass(frozen=True, slots=True)
class Plan:
    """How long each run is, the rates of the open loop and the connections of the closed one."""

    seconds: float
    rates: Sequence[float]
    connections: Sequence[int]


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

    def report_offered(self, name: str, run: Run, summary: Summary, rate: float, remark: str = "") -> None:
        remarks = [remark, _verdict(name, summary.p95, summary.p99), "overloaded" if run.is_overloaded else ""]
        self.add(Result(name, summary, offered_rate=rate, remark=", ".join(filter(None, remarks))))

    def exhaust(self, name: str, workload: Workload, connections: int, *, is_writing: bool = False) -> None:
        """Run the closed loop and report it."""
        before, began = seconds_used(self.stack.pids), perf_counter()
        run = closed_loop(self.wire, self.target, workload, connections=connections, seconds=self.plan.seconds)
        remark = self.settle() if is_writing else ""
        asked = run.requests * workload.weight
        if is_writing:
            remark = f"on the boards at {asked / (perf_counter() - began):,.0f}/s" + (f", {remark}" if remark else "")
        # With what the relay had left to do: the whole cost of what was asked.
        cost = per_request(before, seconds_used(self.stack.pids), asked)
        cost["generator"] = round(run.cpu_seconds * 1e6 / asked)
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
    if name not in LIMITS or p95 is None or p99 is None:
        return ""
    p95_max, p99_max = LIMITS[name]
    is_met = (p95_max is None or p95 < p95_max) and p99 < p99_max
    return "as SPEC 13 demands" if is_met else "MISSES what SPEC 13 demands"


def _measure_ping(bench: Bench) -> None:
    for connections in bench.plan.connections:
        bench.exhaust("ping", ping(bench.target), connections)


def _measure_unlock_single(bench: Bench) -> None:
    for rate in bench.plan.rates:
        bench.offer("unlock single", bench.singles(bench.pairs), rate)
        bench.settle()
    for connections in bench.plan.connections:
        bench.exhaust("unlock single", bench.singles(bench.pairs), connections, is_writing=True)


def _measure_unlock_batch(bench: Bench) -> None:
    for rate in bench.plan.rates:
        bench.offer("unlock batch", UnlockBatch(bench.target, bench.world.live_key, bench.pairs, size=BATCH), rate)
        bench.settle()
    for connections in bench.plan.connections:
        workload = UnlockBatch(bench.target, bench.world.live_key, bench.pairs, size=BATCH)
        bench.exhaust("unlock batch", workload, connections, is_writing=True)


def _measure_unlock_repeat(bench: Bench) -> None:
    recorded = []
    for _ in range(REPEATED):
        request, pair = bench.singles(bench.pairs).next_request()
        recorded.append(pair)
        ask(bench.wire, bench.target, request)
    for connections in bench.plan.connections:
        bench.exhaust("unlock repeat", UnlockRepeat(bench.target, bench.world.live_key, recorded), connections)


def _measure_board_page(bench: Bench) -> None:
    workload = board_pages(bench.target, [bench.game_scope, "global"])
    for rate in bench.plan.rates:
        bench.offer("board page", workload, rate)
    for connections in bench.plan.connections:
        bench.exhaust("board page", workload, connections)


def _measure_rank(bench: Bench) -> None:
    workload = ranks(bench.target, bench.game_scope, _ranked_players(bench))
    for rate in bench.plan.rates:
        bench.offer("rank", workload, rate)
    for connections in bench.plan.connections:
        bench.exhaust("rank", workload, connections)


def _measure_dashboard(bench: Bench) -> None:
    workload = dashboards(bench.target, _public_players(bench))
    for rate in bench.plan.rates:
        bench.offer("dashboard", workload, rate)
    for connections in bench.plan.connections:
        bench.exhaust("dashboard", workload, connections)


def _measure_achievement_list(bench: Bench) -> None:
    workload = achievement_lists(bench.target, [bench.game_scope])
    for rate in bench.plan.rates:
        bench.offer("achievements", workload, rate)
    for connections in bench.plan.connections:
        bench.exhaust("achievements", workload, connections)


def _measure_progress(bench: Bench) -> None:
    workload = Progressing(bench.target, bench.world.live_key, bench.world.player_ids, bench.incremental_id)
    for rate in bench.plan.rates:
        bench.offer("progress", workload, rate)
    for connections in bench.plan.connections:
        bench.exhaust("progress", workload, connections)


def _measure_mixed(bench: Bench) -> None:
    players = _ranked_players(bench)
    reads = (
        board_pages(bench.target, [bench.game_scope, "global"]),
        ranks(bench.target, bench.game_scope, players),
        dashboards(bench.target, _public_players(bench)),
        achievement_lists(bench.target, [bench.game_scope]),
    )
    writes = (
        bench.singles(bench.pairs),
        Progressing(bench.target, bench.world.live_key, bench.world.player_ids, bench.incremental_id),
    )
    for rate in bench.plan.rates:
        bench.offer("mixed, 80 % reads", Mixed(reads, writes), rate)
        bench.settle()
    for connections in bench.plan.connections:
        bench.exhaust("mixed, 80 % reads", Mixed(reads, writes), connections, is_writing=True)


def _public_players(bench: Bench) -> list[str]:
    """Return 200 players whose dashboards anyone may see: the first look at each builds it, the others find it kept."""
    with psycopg.connect(bench.stack.database_url, autocommit=True) as connection:
        rows = connection.execute(
            "SELECT p.id::text FROM player p JOIN standing s ON s.player_id = p.id AND s.scope_id = %s"
            " AND s.\"window\" = 'all' WHERE p.visibility = 'public' ORDER BY p.id LIMIT 200",
            [bench.game_scope],
        ).fetchall()
    return [row[0] for row in rows]


def _ranked_players(bench: Bench) -> list[str]:
    """Return up to 1,000 players of the demo game's board, best first."""
    players: list[str] = []
    for page in range(1, 11):
        path = f"/api/v1/leaderboards/{bench.game_scope}?page={page}&page_size=100"
        answer = ask(bench.wire, bench.target, request_bytes("GET", path, bench.target))
        if answer.status != 200:
            break
        players += [row["player"]["id"] for row in answer.json()["results"]]
    return players


def _measure_unlock_to_board(bench: Bench) -> None:
    for rate in bench.plan.rates:
        run, delays = unlock_to_board(
            bench.wire,
            bench.singles(bench.pairs),
            bench.singles(bench.probes),
            bench.world.game_id,
            rate=rate,
            seconds=bench.plan.seconds,
        )
        bench.report_offered("unlock-to-board", run, delays, rate, f"{delays.count} probes")
        bench.settle()


def _measure_unlock_to_socket(bench: Bench) -> None:
    with bench.crowd() as crowd:
        crowd.open()
        for rate in bench.plan.rates:
            offer_to_crowd(bench, "unlock-to-socket", crowd, rate)
            bench.settle()


def offer_to_crowd(bench: Bench, name: str, crowd: Crowd, rate: float) -> None:
    workload = bench.singles(bench.listeners)
    run, delays = unlock_to_socket(bench.wire, workload, crowd, rate=rate, seconds=bench.plan.seconds)
    bench.report_offered(name, run, delays, rate, f"{crowd.open_count:,} sockets")
    bench.is_failed |= crowd.open_count < bench.listening


def _measure_bare_insert(bench: Bench) -> None:
    if pgbench_path() is None:
        bench.say("bare insert: left out, there is no pgbench on this machine")
        return
    for connections in bench.plan.connections:
        summary = bare_insert(bench.stack.database_url, clients=connections, seconds=bench.plan.seconds)
        bench.add(Result("bare insert", summary, connections=connections, remark="pgbench, PostgreSQL alone"))


def _measure_beside_jobs(bench: Bench) -> None:
    """Unlocks at the target rate while every hourly job, then every nightly one, runs at once over millions."""
    past = make_past(bench.stack.database_url, label=f"past-{secrets.token_hex(3)}", unlocks=PAST_UNLOCKS)
    bench.say(f"beside jobs: {past.unlocks:,} unlocks of {past.players:,} players are there")
    bench.stack.manage("rebuild_boards")
    bench.offer("before jobs", bench.singles(bench.pairs), bench.plan.rates[0])
    bench.settle()
    for name, jobs in (("unlock beside jobs", HOURLY_JOBS), ("unlock by night", NIGHTLY_JOBS)):
        _offer_beside(bench, name, jobs)
        bench.settle()


def _offer_beside(bench: Bench, name: str, jobs: Sequence[str]) -> None:
    command = [sys.executable, "-m", "tests.load.jobs", *jobs]
    with Popen(command, cwd=CHECKOUT, env={**os.environ, **bench.stack.environment}, stdout=PIPE, text=True) as running:
        # As in a worker, whose children are there already.
        bench.wire.wait(perf_counter() + 2.0)
        while running.poll() is None:
            bench.offer(name, bench.singles(bench.pairs), bench.plan.rates[0])
        lines = running.stdout.read().splitlines() if running.stdout else []
    bench.is_failed |= running.returncode != 0
    for line_ in lines:
        bench.say(f"  {line_}")


def _play_real_game(bench: Bench) -> None:
    definitions = find_definitions()
    if definitions is None:
        bench.say(f"real game: left out, {ABSENT}")
        return
    played = play(bench.stack, bench.target, definitions, players=PLAYERS, unlocks=REAL_UNLOCKS)
    remark = (
        f"{played.achievements} achievements, {PLAYERS:,} simulated players, relay {played.relay_seconds:.1f} s later"
    )
    verdict = "; ".join(played.findings) or "boards and totals equal a recomputation in SQL"
    bench.add(
        Result("real game", played.run.recorder.summary(), connections=CONNECTIONS, remark=f"{remark}; {verdict}")
    )
    bench.is_failed |= bool(played.findings)


SCENARIOS: dict[str, Callable[[Bench], None]] = {
    "ping": _measure_ping,
    "single": _measure_unlock_single,
    "batch": _measure_unlock_batch,
    "repeat": _measure_unlock_repeat,
    "board": _measure_board_page,
    "rank": _measure_rank,
    "dashboard": _measure_dashboard,
    "achievements": _measure_achievement_list,
    "progress": _measure_progress,
    "mixed": _measure_mixed,
    "to-board": _measure_unlock_to_board,
    "to-socket": _measure_unlock_to_socket,
    "insert": _measure_bare_insert,
    "real-game": _play_real_game,
    "beside-jobs": _measure_beside_jobs,
}
# Made of millions of rows first: minutes, not seconds.
LONG = ("beside-jobs",)
