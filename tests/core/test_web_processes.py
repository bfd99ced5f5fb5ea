"""Several web processes on one listening socket: none of the calls is lost when one ends, and they count together."""

import http.client
import os
import re
import signal
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress

import pytest
from django.core.exceptions import ImproperlyConfigured

from achievements_site.env import web_processes
from apps.core.realtime.process_limits import Bounds
from apps.core.realtime.socket_closing import SocketClosedError
from apps.core.redis import rate_counters
from apps.core.redis.rate_counters import Meter, Policy
from apps.core.web_processes import count
from apps.core.web_processes.place import Place
from apps.core.web_processes.shared_memory import SharedMemory, shared_file
from tests.live import wait_until
from tests.supervised import Stack
from tests.tools.chaos.faults import Fault
from tests.tools.chaos.storm import weather
from tests.tools.load.targets import local_target
from tests.tools.load.world import make_world
from tests.web_process import WebProcess

# The whole stack starts, and processes again under load, which a busy machine is slow at.
pytestmark = pytest.mark.timeout(300)
CLIENTS = 6
needs_proc = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


@pytest.fixture(scope="module")
def webs(live_stack: Stack) -> Iterator[WebProcess]:
    with WebProcess(live_stack, WEB_PROCESSES="2", RATE_LIMIT_ANONYMOUS="100000000") as processes:
        yield processes


class Client:
    """A client that calls all the time and repeats nothing: every call without an answer is counted."""

    def __init__(self, port: int, *, keeps_connection: bool) -> None:
        self.answers: Counter[str] = Counter()
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        self._keeps_connection = keeps_connection

    def call(self) -> None:
        try:
            self._connection.request("GET", "/api/v1/ping")
            response = self._connection.getresponse()
            response.read()
            self.answers[str(response.status)] += 1
        except OSError as error:
            self.answers[type(error).__name__] += 1
            self._connection.close()
        if not self._keeps_connection:
            self._connection.close()

    def close(self) -> None:
        self._connection.close()


@contextmanager
def calling(port: int) -> Iterator[list[Client]]:
    """Call all the time, half of the clients over connections that they keep."""
    clients = [Client(port, keeps_connection=bool(number % 2)) for number in range(CLIENTS)]
    is_over = threading.Event()

    def call(client: Client) -> None:
        while not is_over.is_set():
            client.call()
        client.close()

    with ThreadPoolExecutor(CLIENTS) as threads:
        try:
            for client in clients:
                threads.submit(call, client)
            wait_until(lambda: all(client.answers["200"] for client in clients), "everyone is answered")
            yield clients
        finally:
            is_over.set()


def answers_of(clients: list[Client]) -> Counter[str]:
    return sum((client.answers for client in clients), Counter())


def has_processes_besides(webs: WebProcess, former: dict[int, int]) -> bool:
    with suppress(OSError):
        found = webs.children()
        return len(found) == 2 and not set(found.values()) & set(former.values())
    return False


@needs_proc
@pytest.mark.slow
def test_replacing_the_processes_one_after_the_other_drops_no_call(webs: WebProcess) -> None:
    former, ready = webs.children(), webs.said().count("web_process.ready")

    with calling(webs.port) as clients:
        os.kill(webs.pid, signal.SIGHUP)
        wait_until(lambda: has_processes_besides(webs, former), "both are replaced", seconds=60)
        wait_until(lambda: webs.said().count("web_process.ready") == ready + 2, "both serve", seconds=60)

    assert answers_of(clients).keys() == {"200"}
    assert webs.said().count('"cause": "killed by SIGTERM"') >= 2
    assert "Traceback" not in webs.said()


@needs_proc
@pytest.mark.slow
def test_a_killed_process_takes_only_its_own_calls_with_it_and_no_acknowledged_unlock(
    webs: WebProcess, live_orm: Stack
) -> None:
    world = make_world(live_orm.database_url, label="one-of-two", players=300, achievements=20)
    victim, ready = webs.children()[2], webs.said().count("web_process.ready")
    kill = Fault(1.0, "web process", lambda _: os.kill(victim, signal.SIGKILL) is None)

    with calling(webs.port) as clients:
        aftermath = weather(live_orm, local_target(webs.base_url), world, [kill], rate=150, seconds=4)
    wait_until(lambda: webs.said().count("web_process.ready") == ready + 1, "it serves again", seconds=60)

    assert aftermath.hits == ["web process"]
    assert aftermath.findings == []
    assert len(aftermath.memory.firsts) > 300
    failed = answers_of(clients)
    del failed["200"]
    assert sum(failed.values()) <= CLIENTS
    assert max(sum(client.answers.values()) - client.answers["200"] for client in clients) <= 1


@needs_proc
def test_metrics_show_each_process_whichever_answers(webs: WebProcess) -> None:
    def scraped() -> list[dict[str, str]]:
        found = []
        for number in (1, 2):
            with webs.only(number):
                found.append(dict(re.findall(r'hits_total\{process="(\d)"\} ([\d.]+)', get(webs.port, "/metrics"))))
        return found

    make_visits = 7
    with webs.only(1):
        for _ in range(make_visits):
            get(webs.port, "/api/v1/leaderboards/global?page_size=3")
    wait_until(lambda: scraped()[0] == scraped()[1], "both know the same")

    hits = scraped()[0]
    assert set(hits) == {"1", "2"}
    assert float(hits["1"]) >= make_visits - 2
    assert float(hits["2"]) < make_visits - 2


def get(port: int, path: str) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("GET", path)
    body = connection.getresponse().read().decode()
    connection.close()
    return body


@pytest.mark.slow
def test_a_start_that_cannot_serve_ends_with_a_status_and_says_why(webs: WebProcess, live_stack: Stack) -> None:
    twin = WebProcess(live_stack, WEB_PROCESSES="2")
    twin.port, twin.base_url = webs.port, webs.base_url

    with pytest.raises(AssertionError, match="can't be used"):
        twin.start()


# Counting together


def test_holders_are_bounded_over_all_processes() -> None:
    with shared_file(2) as file:
        memory = SharedMemory(file.fileno(), 2)
        one, two = (Bounds("visitors", Place(number, 2, (), 0, 0), memory) for number in (1, 2))
        one.take("192.0.2.1", each_max=3, all_max=4)
        two.take("192.0.2.1", each_max=3, all_max=4)
        one.take("192.0.2.1", each_max=3, all_max=4)

        with pytest.raises(SocketClosedError):
            two.take("192.0.2.1", each_max=3, all_max=4)
        two.take("192.0.2.2", each_max=3, all_max=4)
        with pytest.raises(SocketClosedError):
            one.take("192.0.2.3", each_max=3, all_max=4)
        one.leave("192.0.2.1")
        two.take("192.0.2.1", each_max=3, all_max=4)
        memory.clear(2)
        one.take("192.0.2.1", each_max=2, all_max=2)


def test_an_exact_limit_is_exceeded_by_one_call_a_process_at_most() -> None:
    policy = Policy("exactly", 10, is_exact=True)
    one, two = Meter(), Meter()

    admitted = [meter.hit("someone", policy).is_admitted for _ in range(20) for meter in (one, two)]

    assert 10 <= sum(admitted) <= 11
    assert one.hit_locally("someone", policy) is None


def test_an_ordinary_limit_is_exceeded_only_by_what_others_admit_before_they_exchange(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    policy = Policy("ordinary", 10)
    one, two = Meter(), Meter()
    monkeypatch.setattr(rate_counters, "SETTLED_SECONDS", 60)

    admitted = [meter.hit("anyone", policy).is_admitted for _ in range(20) for meter in (one, two)]
    for meter in (one, two, one):
        meter.settle([("anyone", policy)])

    assert sum(admitted) == 20
    assert [meter.hit("anyone", policy).is_admitted for meter in (one, two)] == [False, False]


# How many


@pytest.mark.parametrize(("text", "expected"), [("", 1), ("1", 1), ("8", 8), ("64", 64), ("auto", 3)])
def test_processes_are_as_many_as_requested(text: str, expected: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEB_PROCESSES", text)
    monkeypatch.setattr(count, "cores", lambda: 3)

    assert web_processes()[0] == expected


@pytest.mark.parametrize("text", ["0", "65", "-1", "two", "2.0", "٢", "1" * 5000])
def test_any_other_number_is_refused_with_what_is_accepted(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEB_PROCESSES", text)

    with pytest.raises(ImproperlyConfigured, match="a number from 1 to 64, or auto"):
        web_processes()


def test_what_processes_share_fits_together() -> None:
    each = {processes: (count.connections_each(processes), count.threads_each(processes)) for processes in range(1, 65)}

    assert each[1] == each[2] == each[3] == (24, 16)
    assert each[8] == (9, 6)
    assert all(processes * connections <= 72 for processes, (connections, _) in each.items() if processes <= 12)
    assert each[64] == (6, 4)
