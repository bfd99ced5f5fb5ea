"""Open loop: requests leave on a schedule, whatever the server does. Closed loop: each response sends the next request.

In the open loop a latency counts from the moment the request was due, so a server that stalls can't hide the queue it
caused. Both are bounded in count and in time.
"""

import gc
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import perf_counter, process_time
from typing import Protocol

from tests.tools.load.http_connection import Connection, Response
from tests.tools.load.recorder import NO_RESPONSE, Recorder
from tests.tools.load.targets import Target
from tests.tools.load.wire import Wire

SECONDS_MAX = 600.0
REQUESTS_MAX = 2_000_000
CONNECTIONS_MAX = 1024
RESPONSE_SECONDS_MAX = 10.0
# The most that may wait for a connection before the run counts as overloaded and stops.
WAITING_MAX = 20_000


class OutOfWorkError(Exception):
    """A workload has no request left that would mean the same as the others."""


class Workload(Protocol):
    """What is requested, and which responses are good."""

    weight: int

    def next_request(self) -> tuple[bytes, object]:
        """Return a request and a token that `accepts` gets back. Raises: OutOfWorkError."""

    def accepts(self, token: object, response: Response) -> bool:
        """Return whether the response is the one the request deserves."""


@dataclass(frozen=True, slots=True)
class Run:
    """A finished run: what it recorded, and the generator's own CPU seconds."""

    recorder: Recorder
    cpu_seconds: float
    # Everything sent, the warm-up included.
    requests: int
    is_overloaded: bool = False
    is_out_of_work: bool = False


def open_loop(
    wire: Wire,
    target: Target,
    workload: Workload,
    *,
    rate: float,
    seconds: float,
    connections: int = 64,
    warm_up_seconds: float = 1.0,
) -> Run:
    """Send `rate` requests a second on a fixed schedule; only those due after the warm-up are recorded."""
    _check_bounds(rate * (warm_up_seconds + seconds), seconds, connections)
    with _pool(wire, target, connections) as pool, steady(Recorder(weight=workload.weight)) as recorder:
        schedule = _Schedule(wire, workload, recorder, pool)
        cpu_before = process_time()
        schedule.run(rate, warm_up_seconds, seconds)
        return Run(recorder, process_time() - cpu_before, schedule.answered, is_overloaded=schedule.is_overloaded)


def closed_loop(
    wire: Wire, target: Target, workload: Workload, *, connections: int, seconds: float, warm_up_seconds: float = 0.5
) -> Run:
    """Keep every connection busy for `seconds`; what is answered in the warm-up before them is not recorded."""
    _check_bounds(0, seconds, connections)
    with _pool(wire, target, connections) as pool, steady(Recorder(weight=workload.weight)) as recorder:
        begins_at = perf_counter() + warm_up_seconds
        ends_at = begins_at + seconds
        loop = _Treadmill(workload, recorder, begins_at, ends_at)
        cpu_before = process_time()
        for connection in pool:
            loop.send_next(connection)
        wire.run_until(lambda: loop.is_out_of_work and not any(item.is_busy for item in pool), ends_at)
        recorder.started_at, recorder.ended_at = begins_at, perf_counter()
        cpu_seconds = process_time() - cpu_before
        # Answers under way are waited for, so that nothing of this run lands in the next.
        wire.run_until(lambda: not any(item.is_busy for item in pool), ends_at + RESPONSE_SECONDS_MAX)
        return Run(recorder, cpu_seconds, loop.sent, is_out_of_work=loop.is_out_of_work)


class _Schedule:
    """The open loop's queue between the clock and the free connections."""

    def __init__(self, wire: Wire, workload: Workload, recorder: Recorder, pool: list[Connection]) -> None:
        self._wire = wire
        self._workload = workload
        self._recorder = recorder
        self._pool = pool
        # First in, first out: each connection stays in use and none idles into the server's keep-alive limit.
        self._free = deque(pool)
        self._waiting: deque[float] = deque()
        self.answered = 0
        self.is_overloaded = False

    def run(self, rate: float, warm_up_seconds: float, seconds: float) -> None:
        count = int(rate * (warm_up_seconds + seconds))
        start = perf_counter() + 0.005
        self._recorder.started_at = start + warm_up_seconds
        deadline = self._recorder.started_at + seconds + RESPONSE_SECONDS_MAX
        due = 0
        while self.answered < count and not self.is_overloaded:
            moment = perf_counter()
            while due < count and start + due / rate <= moment:
                self._waiting.append(start + due / rate)
                due += 1
            self._send_waiting()
            if moment >= deadline:
                break
            self._wire.wait(start + due / rate if due < count else min(deadline, moment + 0.1))
            self.is_overloaded = len(self._waiting) > WAITING_MAX
        self._recorder.ended_at = max(perf_counter(), self._recorder.started_at + seconds)
        self._abandon(count - self.answered)

    def _send_waiting(self) -> None:
        while self._waiting and self._free:
            due_at = self._waiting.popleft()
            request, token = self._workload.next_request()
            self._free.popleft().send(request, self._on_response(due_at, token))

    def _on_response(self, due_at: float, token: object) -> Callable[[Connection, Response], None]:
        def note(connection: Connection, response: Response) -> None:
            self.answered += 1
            self._free.append(connection)
            is_good = self._workload.accepts(token, response)
            if due_at < self._recorder.started_at:
                return
            if is_good:
                self._recorder.good(response.at - due_at)
            else:
                self._recorder.bad(response.status)

        return note

    def _abandon(self, missing: int) -> None:
        """Count what was due and never answered, and close the connections that still wait."""
        for connection in self._pool:
            if connection.is_busy:
                connection.abandon()
        for _ in range(missing):
            self._recorder.bad(NO_RESPONSE)


class _Treadmill:
    """The closed loop: a connection that got its response sends its next request."""

    def __init__(self, workload: Workload, recorder: Recorder, begins_at: float, ends_at: float) -> None:
        self._workload = workload
        self._recorder = recorder
        self._begins_at = begins_at
        self._ends_at = ends_at
        self.is_out_of_work = False
        self.sent = 0

    def send_next(self, connection: Connection) -> None:
        try:
            request, token = self._workload.next_request()
        except OutOfWorkError:
            self.is_out_of_work = True
            return
        self.sent += 1
        connection.send(request, lambda free, response: self._note(free, token, response))

    def _note(self, connection: Connection, token: object, response: Response) -> None:
        is_good = self._workload.accepts(token, response)
        if self._begins_at <= response.at < self._ends_at:
            if is_good:
                self._recorder.good(response.at - connection.sent_at)
            else:
                self._recorder.bad(response.status)
        if response.at < self._ends_at and response.status != NO_RESPONSE:
            self.send_next(connection)


def _check_bounds(count: float, seconds: float, connections: int) -> None:
    if count > REQUESTS_MAX or seconds > SECONDS_MAX or connections > CONNECTIONS_MAX:
        raise ValueError(
            f"At most {REQUESTS_MAX:,} requests, {SECONDS_MAX:.0f} s and {CONNECTIONS_MAX:,} connections a run."
        )


@contextmanager
def _pool(wire: Wire, target: Target, size: int) -> Iterator[list[Connection]]:
    pool = [Connection(wire, target) for _ in range(size)]
    try:
        for connection in pool:
            connection.connect()
        yield pool
    finally:
        for connection in pool:
            connection.close()


@contextmanager
def steady(recorder: Recorder) -> Iterator[Recorder]:
    """Keep the generator's own garbage collection out of the latencies."""
    gc.collect()
    gc.disable()
    try:
        yield recorder
    finally:
        gc.enable()
