"""What `make bench-sockets` measures: very many sockets in one web process, and unlocks on their way to them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from math import inf
from time import perf_counter
from typing import Any

from tests.tools.load.cpu import per_request, seconds_used
from tests.tools.load.crowd import OPENING_MAX, Crowd, crowd_of
from tests.tools.load.delays import unlock_to_socket
from tests.tools.load.process import Memory, Pause, Pauses, descriptors_of, memory_of
from tests.tools.load.pulse import Pulse
from tests.tools.load.recorder import Recorder, Summary
from tests.tools.load.report import Result
from tests.tools.load.stack_bench import Bench
from tests.tools.load.workloads import Pairs

# The aims: milliseconds from the 201 to the frame, and thousands of bytes for an idle socket.
DELIVERY_P99_MAX = 150.0
SOCKET_KB_MAX = 30.0
WARM_UP_SOCKETS, WARM_UP_RATE, WARM_UP_SECONDS = 100, 100.0, 2.0
STEP_SECONDS_MAX = 60.0
# The web is calm when it takes so little of a core, over so long; that is waited for so long.
CALM_CPU_SHARE, CALM_ROUND_SECONDS, CALM_SECONDS_MAX = 0.2, 0.5, 30.0
# Files of a pool may come and go.
DESCRIPTORS_SPARE = 50


@dataclass(frozen=True, slots=True)
class CrowdPlan:
    """How many sockets, how fast they open, how long they only beat, and how much is delivered to them."""

    sockets: int
    open_rate: float
    idle_seconds: float
    delivery_rate: float
    reconnects: int


@dataclass(frozen=True, slots=True)
class Limit:
    """Something measured beside the most it may be."""

    what: str
    measured: float
    most: float

    @property
    def is_met(self) -> bool:
        return self.measured <= self.most

    def line(self) -> str:
        return f"  {self.what:<36} {self.measured:>10,.1f} of {self.most:,.0f}   {'kept' if self.is_met else 'MISSED'}"


@dataclass
class Watched:
    """The stack, and the web process above all, while something happens to them."""

    elapsed: float = 0.0
    before: dict[str, float] = field(default_factory=dict)
    after: dict[str, float] = field(default_factory=dict)
    pauses: list[Pause] = field(default_factory=list)
    # The longest the empty view took.
    stall: float = 0.0

    @property
    def web_seconds(self) -> float:
        return self.after["web"] - self.before["web"]

    @property
    def web_percent(self) -> float:
        return 100 * self.web_seconds / self.elapsed

    def figures(self) -> dict[str, float]:
        longest = max(self.pauses, default=Pause(0.0, 0.0))
        return {
            "seconds": round(self.elapsed, 2),
            "web_cpu_percent": round(self.web_percent, 1),
            "web_cpu_seconds": round(self.web_seconds, 2),
            "gc_pauses": len(self.pauses),
            "gc_longest_ms": longest.milliseconds,
            "gc_longest_cpu_ms": longest.cpu_milliseconds,
            "empty_view_longest_ms": round(self.stall, 1),
        }

    def remark(self) -> str:
        collected = "no gc over 1 ms"
        if self.pauses:
            longest = max(self.pauses)
            collected = f"gc {len(self.pauses)}x to {longest.milliseconds:.0f} ms (CPU {longest.cpu_milliseconds:.0f})"
        return f"web {self.web_percent:.0f} % of a core, {collected}, empty view to {self.stall:.0f} ms"


class CrowdBench:
    """What happens to one crowd, step after step; every step is bounded in time."""

    def __init__(self, bench: Bench, plan: CrowdPlan) -> None:
        self._bench = bench
        self._plan = plan
        self._pid = bench.stack.pids["web"]
        self._pauses = Pauses(bench.stack.home / "logs" / "web.log")
        self._empty = Memory(0, 0)
        self._descriptors = 0
        self.limits: list[Limit] = []

    def run(self) -> None:
        self._warm_up()
        with self._bench.crowd() as crowd:
            self._open(crowd)
            self._idle(crowd)
            self._deliver(crowd)
            for _ in range(self._plan.reconnects):
                self._reconnect(crowd)
            missing = self._plan.sockets - crowd.open_count
            self.limits += [
                Limit("sockets missing at the end", missing, 0),
                Limit("events out of order", crowd.gaps, 0),
            ]
            self.limits.append(Limit("sockets dropped", crowd.drops.total(), 0))
            for reason, count in crowd.drops.items():
                self._bench.say(f"  {count:,} sockets ended: {reason}")

    def _warm_up(self) -> None:
        """Have everything loaded and every pool filled before memory is read for the first time."""
        bench, world = self._bench, self._bench.world
        others = world.player_ids[-WARM_UP_SOCKETS:]
        with crowd_of(bench.stack, bench.wire, bench.target, world.game_id, others) as crowd:
            crowd.open()
            workload = bench.singles(Pairs(others, world.achievement_ids))
            unlock_to_socket(bench.wire, workload, crowd, rate=WARM_UP_RATE, seconds=WARM_UP_SECONDS)
        self._await_calm()
        self._empty, self._descriptors = memory_of(self._pid), descriptors_of(self._pid)

    def _open(self, crowd: Crowd) -> None:
        self._bench.say(f"  opening {self._plan.sockets:,} sockets ...")
        with self._watching() as watched:
            opened = crowd.open(rate=self._plan.open_rate, seconds_max=STEP_SECONDS_MAX)
        self._report("sockets open", opened.summary(), watched, offered_rate=self._plan.open_rate)

    def _idle(self, crowd: Crowd) -> None:
        """Nothing but heartbeats, then memory."""
        crowd.heartbeats = Recorder(started_at=perf_counter())
        with self._watching() as watched:
            self._pass(self._plan.idle_seconds)
        crowd.heartbeats.ended_at = perf_counter()
        rss, pss = self._kilobytes_a_socket()
        self._report(
            "heartbeats",
            crowd.heartbeats.summary(),
            watched,
            f"{rss:.1f} kB a socket (PSS {pss:.1f})",
            {"rss_kb_per_socket": round(rss, 1), "pss_kb_per_socket": round(pss, 1)},
        )
        self.limits.append(Limit("memory of an idle socket, kB", max(rss, pss), SOCKET_KB_MAX))

    def _deliver(self, crowd: Crowd) -> None:
        bench, rate = self._bench, self._plan.delivery_rate
        workload = bench.singles(bench.listeners)
        with self._watching() as watched:
            run, delays = unlock_to_socket(bench.wire, workload, crowd, rate=rate, seconds=bench.plan.seconds)
        remark = f"{crowd.open_count:,} sockets" + (", overloaded" if run.is_overloaded else "")
        self._report("delivery", delays, watched, remark, offered_rate=rate)
        self.limits.append(Limit("p99 of delivery, ms", delays.p99 or inf, DELIVERY_P99_MAX))

    def _reconnect(self, crowd: Crowd) -> None:
        """Hang up on all at once, and have them come back as fast as they are taken."""
        with self._watching() as parting:
            crowd.close()
            self._await_calm(descriptors=self._descriptors + DESCRIPTORS_SPARE)
        self._bench.say(f"  hung up on all; {parting.elapsed:.1f} s until the web was done with it: {parting.remark()}")
        with self._watching() as watched:
            opened = crowd.open(seconds_max=STEP_SECONDS_MAX)
        self._pass(1.0)
        rss, _ = self._kilobytes_a_socket()
        self._report(
            "reconnect all",
            opened.summary(),
            watched,
            f"CPU {watched.web_seconds:.1f} s after {parting.web_seconds:.1f} s of parting, then {rss:.1f} kB a socket",
            {"rss_kb_per_socket": round(rss, 1)}
            | {f"parting_{name}": value for name, value in parting.figures().items()},
            connections=OPENING_MAX,
        )

    def _report(
        self,
        name: str,
        summary: Summary,
        watched: Watched,
        remark: str = "",
        figures: dict[str, float] | None = None,
        **load: Any,
    ) -> None:
        cost = per_request(watched.before, watched.after, summary.count) if summary.count else {}
        remarks = ", ".join(filter(None, [remark, watched.remark()]))
        all_figures = {**watched.figures(), **(figures or {})}
        self._bench.add(Result(name, summary, cpu_microseconds=cost, remark=remarks, figures=all_figures, **load))

    @contextmanager
    def _watching(self) -> Iterator[Watched]:
        pids = self._bench.stack.pids
        watched = Watched(before=seconds_used(pids))
        self._pauses.take()
        began_at = perf_counter()
        with Pulse(self._bench.wire, self._bench.target) as pulse:
            yield watched
        watched.elapsed, watched.after = perf_counter() - began_at, seconds_used(pids)
        watched.pauses, watched.stall = self._pauses.take(), pulse.worst_milliseconds

    def _await_calm(self, *, descriptors: float = inf) -> None:
        """Wait until the web process has next to nothing to do, and no more files open than that."""
        deadline = perf_counter() + CALM_SECONDS_MAX
        while perf_counter() < deadline:
            before = self._cpu_seconds()
            self._pass(CALM_ROUND_SECONDS)
            used = self._cpu_seconds() - before
            if used < CALM_CPU_SHARE * CALM_ROUND_SECONDS and descriptors_of(self._pid) <= descriptors:
                return

    def _pass(self, seconds: float) -> None:
        self._bench.wire.run_until(lambda: False, perf_counter() + seconds)

    def _cpu_seconds(self) -> float:
        return seconds_used({"web": self._pid})["web"]

    def _kilobytes_a_socket(self) -> tuple[float, float]:
        now = memory_of(self._pid)
        sockets = self._plan.sockets * 1000
        return (now.rss - self._empty.rss) / sockets, (now.pss - self._empty.pss) / sockets
