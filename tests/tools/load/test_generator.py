"""The load generator against a small server whose behaviour is known."""

import socketserver
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from tests.tools.load.generator import Run, closed_loop, open_loop
from tests.tools.load.http_connection import Connection, Response, request_bytes
from tests.tools.load.recorder import Recorder, percentile
from tests.tools.load.targets import NotLoopbackError, Target, local_target
from tests.tools.load.wire import Wire
from tests.tools.load.workloads import OutOfWorkError, Pairs, Reading

PLAIN = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}"


def test_a_stalled_server_shows_in_every_request_that_was_due_meanwhile() -> None:
    # 100 requests a second; the twentieth takes 0.4 s, so some forty were due before the server went on.
    with server(lambda number: (0.4 if number == 20 else 0.0, PLAIN)) as target:
        run = open_loop(Wire(), target, reading(target), rate=100, seconds=1, connections=1, warm_up_seconds=0)

    slow = sum(latency > 0.05 for latency in run.recorder.latencies)
    assert len(run.recorder.latencies) == 100
    assert 30 <= slow <= 45
    assert run.recorder.summary().errors == {}


def test_closed_loop_keeps_every_connection_busy() -> None:
    with server(lambda _: (0.02, PLAIN)) as target:
        run = closed_loop(Wire(), target, reading(target), connections=4, seconds=0.5, warm_up_seconds=0.1)

    assert 60 <= len(run.recorder.latencies) <= 101
    assert min(run.recorder.latencies) >= 0.02


def test_responses_with_another_status_or_body_are_errors() -> None:
    broken = b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n"
    with server(lambda number: (0.0, broken if number % 2 else PLAIN)) as target:
        run = few(target)

    assert run.recorder.summary().errors == {503: 5}
    assert run.recorder.summary().count == 5


def test_a_server_that_hangs_up_counts_as_no_response() -> None:
    with server(lambda number: (0.0, b"" if number == 3 else PLAIN)) as target:
        run = few(target)

    assert run.recorder.summary().errors == {0: 1}
    assert run.recorder.summary().count == 9


@pytest.mark.parametrize(
    "response",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3;x=y\r\nllo\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello",
    ],
)
def test_responses_are_read_whole_however_they_are_framed(response: bytes) -> None:
    responses: list[Response] = []
    with server(lambda _: (0.0, response)) as target:
        wire = Wire()
        connection = Connection(wire, target)
        for count in (1, 2):
            connection.send(request_bytes("GET", "/", target), lambda _, got: responses.append(got))
            wire.run_until(lambda count=count: len(responses) == count, time.perf_counter() + 5)
        connection.close()

    assert [(got.status, got.body) for got in responses] == [(200, b"hello")] * 2


def test_percentiles_are_nearest_ranks_in_milliseconds() -> None:
    ordered = [number / 1000 for number in range(1, 201)]

    assert [percentile(ordered, percent) for percent in (50, 95, 99, 100)] == [100.0, 190.0, 198.0, 200.0]
    assert percentile([], 99) is None


def test_a_batch_counts_for_what_is_in_it() -> None:
    recorder = Recorder(weight=100, started_at=0.0, ended_at=2.0)
    for _ in range(30):
        recorder.good(0.01)

    assert recorder.summary().rate == 1500.0
    assert recorder.summary().count == 3000


def test_no_pair_is_handed_out_twice() -> None:
    pairs = Pairs(["p1", "p2"], ["a1", "a2"])

    assert [pairs.take() for _ in range(4)] == [(b"p1", b"a1"), (b"p2", b"a1"), (b"p1", b"a2"), (b"p2", b"a2")]
    with pytest.raises(OutOfWorkError, match="All 4 pairs"):
        pairs.take()


@pytest.mark.parametrize(
    "url", ["http://192.0.2.7:8000", "http://0.0.0.0:80", "https://127.0.0.1", "http://[2001:db8::1]"]
)
def test_load_goes_to_this_machine_only(url: str) -> None:
    with pytest.raises(NotLoopbackError):
        local_target(url)


def test_loopback_is_taken_by_name_and_by_number() -> None:
    assert local_target("http://127.0.0.1:8123") == Target("127.0.0.1", 8123)
    assert local_target("http://localhost:8123").port == 8123


def test_runs_are_bounded() -> None:
    target = Target("127.0.0.1", 9)
    with pytest.raises(ValueError, match="At most"):
        open_loop(Wire(), target, reading(target), rate=1e6, seconds=600)
    with pytest.raises(ValueError, match="At most"):
        closed_loop(Wire(), target, reading(target), connections=5000, seconds=1)


def reading(target: Target) -> Reading:
    return Reading([request_bytes("GET", "/", target)])


def few(target: Target) -> Run:
    return open_loop(Wire(), target, reading(target), rate=200, seconds=0.05, connections=1, warm_up_seconds=0)


@contextmanager
def server(behaviour: Callable[[int], tuple[float, bytes]]) -> Iterator[Target]:
    """A keep-alive server; `behaviour` gives the delay and the response of the nth request, none to hang up."""
    numbers = iter(range(1, 1_000_000))

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            while self.rfile.readline():
                while self.rfile.readline() not in {b"\r\n", b""}:
                    pass
                delay, response = behaviour(next(numbers))
                threading.Event().wait(delay)
                self.wfile.write(response)
                if not response or b"Connection: close" in response:
                    return

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        block_on_close = False

    with Server(("127.0.0.1", 0), Handler) as listening:
        thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield Target("127.0.0.1", listening.server_address[1])
        listening.shutdown()
        thread.join()
