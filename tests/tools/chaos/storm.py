"""A stream of unlocks with faults in it, and afterwards the question whether every promise was kept."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from time import perf_counter

import psycopg

from tests.recompute import connect, differences, recent_windows
from tests.supervised import Stack
from tests.tools.chaos.faults import Fault, schedule
from tests.tools.chaos.outage import UnlocksAndReads
from tests.tools.chaos.stream import Memory, Stream, broken_promises
from tests.tools.load.delays import send
from tests.tools.load.generator import open_loop
from tests.tools.load.http_connection import request_bytes
from tests.tools.load.recorder import Summary
from tests.tools.load.targets import Target
from tests.tools.load.wire import Wire
from tests.tools.load.workloads import Pairs
from tests.tools.load.world import World

# A breaker that opened stays open for a while; a rebuild and the backlog come on top.
CALM_SECONDS = 120.0
WARM_UP_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class Aftermath:
    """How a storm went; `findings` is what is wrong, empty when every promise was kept."""

    memory: Memory
    hits: list[str]
    summary: Summary
    calm_after: float
    findings: list[str]


def weather(
    stack: Stack,
    target: Target,
    world: World,
    faults: Sequence[Fault],
    *,
    rate: float,
    seconds: float,
    say: Callable[[str], None] = lambda _: None,
    stream: Stream | None = None,
    workload: UnlocksAndReads | None = None,
) -> Aftermath:
    """Report unlocks at `rate` for `seconds` while the faults strike, wait for calm, and check everything.

    With a workload its reads go beside the stream's unlocks, on as many connections as may wait for a response.
    """
    wire = Wire()
    began = _now(stack)
    stream = stream or Stream(target, world.live_key, Pairs(world.player_ids, world.achievement_ids), seed=len(faults))
    connections = 32
    if workload is not None:
        connections = 1_000
        open_loop(wire, target, workload, rate=rate, seconds=WARM_UP_SECONDS, connections=64, warm_up_seconds=0)
        workload.begin()
    start = perf_counter()
    say("\n".join(f"  {fault.at:5.1f} s  {fault.name}" for fault in faults))
    hits = schedule(faults, stack, lambda at, callback: wire.call_at(start + at, callback))
    run = open_loop(
        wire, target, workload or stream, rate=rate, seconds=seconds, connections=connections, warm_up_seconds=0
    )
    ended = perf_counter()
    findings = _wait_for_calm(wire, stack, target, ended + CALM_SECONDS, recorded_since=began)
    calm_after = perf_counter() - ended
    findings += broken_promises(stack.database_url, stream.memory)
    wire.close()
    return Aftermath(stream.memory, hits, run.recorder.summary(), calm_after, findings)


def _wait_for_calm(wire: Wire, stack: Stack, target: Target, deadline: float, *, recorded_since: datetime) -> list[str]:
    """Wait until nothing is under way and all agrees with the ledger; return what still disagrees at the deadline."""
    findings = ["the stack never became ready again"]
    while perf_counter() < deadline:
        wire.wait(perf_counter() + 1)
        if not stack.is_ready() or not _is_quiet(stack) or _is_degraded(wire, target):
            continue
        findings = differences(
            stack.database_url, stack.redis_url, windows_since=recent_windows(), recorded_since=recorded_since
        )
        if not findings:
            return []
    return findings


def _is_quiet(stack: Stack) -> bool:
    try:
        with connect(stack.database_url) as connection:
            row = connection.execute(
                "SELECT (SELECT count(*) FROM outbox WHERE parked_at IS NULL) + (SELECT count(*) FROM fan_out_entry),"
                " EXISTS (SELECT FROM board_state WHERE is_stale OR claim_token IS NOT NULL)"
            ).fetchone()
    except psycopg.OperationalError:
        return False
    return row == (0, False)


def _is_degraded(wire: Wire, target: Target) -> bool:
    response = send(wire, target, request_bytes("GET", "/api/v1/leaderboards/global?page_size=1", target))
    return response.status != 200 or bool(response.json()["degraded"])


def _now(stack: Stack) -> datetime:
    with connect(stack.database_url) as connection:
        row = connection.execute("SELECT now()").fetchone()
    assert row is not None
    moment: datetime = row[0]
    return moment
