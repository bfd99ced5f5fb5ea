"""PostgreSQL that breaks, freezes and goes down: waits end, requests are refused at once, and all comes back."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

import orjson
import pytest
from django.conf import settings
from django.db import OperationalError, close_old_connections, connection, transaction
from django.test import RequestFactory

from achievements_site.wsgi import application
from apps.core.database import budgets, connections
from apps.core.database.availability import DatabaseUnavailableError, failure_detector
from apps.core.database.base import READY_CONNECTIONS
from apps.core.database.budgets import spending
from apps.core.database.connections import LATELY_SECONDS, BoundedConnection
from apps.core.http.problems import UNAVAILABLE_CODE, reason_of
from apps.core.operations import health
from apps.games.models import Game
from tests.factories import make_game
from tests.live import url_of_test_database, wait_until
from tests.proxy import Proxy

pytestmark = pytest.mark.django_db(transaction=True)

VISITORS_REASON = "This page can&#x27;t be loaded or saved at the moment. Try again shortly."


@pytest.fixture(autouse=True)
def nothing_checked_before() -> Iterator[None]:
    health._running.clear()
    yield
    health._running.clear()


class Reply:
    """What the WSGI application answers to a request, and how long it takes."""

    def __init__(self, path: str, **headers: str) -> None:
        environ = RequestFactory(headers=headers).get(path).environ
        began_at = time.monotonic()
        chunks = application(environ, self._start)
        self.body = b"".join(chunks)
        chunks.close()  # type: ignore[attr-defined]
        self.seconds = time.monotonic() - began_at

    def _start(self, status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> None:
        self.status, self.headers = int(status[:3]), dict(headers)


def query_database() -> Any:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 7")
        return cursor.fetchone()[0]


class InThread:
    """Something run as a request is run: in a thread with a connection of its own, given back at the end."""

    def __init__(self, run: Callable[[], Any]) -> None:
        self._run = run
        self._outcome: list[Any] = []
        self._thread = threading.Thread(target=self._collect)
        self._thread.start()

    def outcome(self) -> Any:
        """Wait for what it returns or raises."""
        self._thread.join(20)
        return self._outcome[0]

    def _collect(self) -> None:
        try:
            self._outcome.append(self._run())
        except Exception as error:  # noqa: BLE001 - handed to the caller
            self._outcome.append(error)
        finally:
            close_old_connections()


def in_thread(run: Callable[[], Any]) -> Any:
    """Run it in a thread, and return what it returns or raises."""
    return InThread(run).outcome()


def lose_the_server(proxy: Proxy) -> None:
    """Have a request find out that the server is gone."""
    proxy.go_down()
    assert isinstance(in_thread(lambda: _spend(1, query_database)), OperationalError)
    wait_until(lambda: failure_detector.is_down, "the breaker to open", seconds=4)


def _spend(seconds: float, run: Callable[[], Any]) -> Any:
    with spending(seconds):
        return run()


def test_a_wait_on_a_frozen_server_ends_with_its_budget(proxy: Proxy) -> None:
    def wait_in_vain() -> float:
        with spending(0.4):
            query_database()
            proxy.freeze()
            began_at = time.monotonic()
            with pytest.raises(OperationalError):
                query_database()
            return time.monotonic() - began_at

    seconds = in_thread(wait_in_vain)
    proxy.thaw()

    assert 0.2 < seconds < 2.0
    assert in_thread(lambda: _spend(5, query_database)) == 7


def test_two_statements_share_one_budget(proxy: Proxy) -> None:
    def sleep_twice() -> float:
        with spending(0.5), connection.cursor() as cursor:
            began_at = time.monotonic()
            cursor.execute("SELECT pg_sleep(0.3)")
            with pytest.raises(OperationalError):
                cursor.execute("SELECT pg_sleep(0.3)")
            return time.monotonic() - began_at

    seconds = in_thread(sleep_twice)

    assert 0.4 < seconds < 2.0


def test_who_has_no_budget_waits_as_long_as_it_takes(proxy: Proxy) -> None:
    lose_the_server(proxy)
    proxy.come_back()

    assert in_thread(query_database) == 7


def test_who_has_no_budget_outlives_the_pool_it_waits_for(proxy: Proxy) -> None:
    proxy.go_down()
    waiting = InThread(query_database)
    wait_until(lambda: connection.pool.get_stats().get("requests_waiting"), "someone to wait for the pool", seconds=4)

    connection.drop_connections()  # type: ignore[attr-defined]
    proxy.come_back()

    assert waiting.outcome() == 7


def test_a_frozen_server_is_given_up_and_noticed_when_it_thaws(proxy: Proxy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "LATELY_SECONDS", 0.0)
    assert in_thread(lambda: _spend(1, query_database)) == 7
    proxy.freeze()
    began_at = time.monotonic()

    first = in_thread(lambda: _spend(budgets.REQUEST_SECONDS, query_database))
    first_seconds = time.monotonic() - began_at
    wait_until(lambda: failure_detector.is_down, "the breaker to open", seconds=6)
    known_after = time.monotonic() - began_at
    second = in_thread(lambda: _spend(5, query_database))
    proxy.thaw()
    wait_until(lambda: not failure_detector.is_down, "the breaker to close", seconds=12)

    assert isinstance(first, OperationalError)
    assert first_seconds < 4.0
    assert known_after < 6
    assert isinstance(second, DatabaseUnavailableError)
    assert in_thread(lambda: _spend(5, query_database)) == 7


def test_a_server_that_is_gone_is_known_at_once_and_queried_by_nobody_but_the_failure_detector(proxy: Proxy) -> None:
    assert in_thread(lambda: _spend(1, query_database)) == 7
    lose_the_server(proxy)
    began_at = time.monotonic()

    refused = [in_thread(lambda: _spend(5, query_database)) for _ in range(20)]
    seconds = time.monotonic() - began_at
    proxy.come_back()
    wait_until(lambda: not failure_detector.is_down, "the breaker to close", seconds=12)

    assert {type(error) for error in refused} == {DatabaseUnavailableError}
    # One second of waiting for a connection each would be 20.
    assert seconds < 5.0
    assert in_thread(lambda: _spend(5, query_database)) == 7


def test_connections_that_broke_cost_no_request_its_response(proxy: Proxy) -> None:
    gate = threading.Barrier(8)

    def query_together() -> Any:
        with spending(5):
            found = query_database()
            gate.wait(5)
            return found

    threads = [threading.Thread(target=in_thread, args=[query_together]) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    proxy.break_all()

    in_thread(lambda: _spend(5, query_database))
    failure_detector.wait()
    responses = [in_thread(lambda: _spend(5, query_database)) for _ in range(8)]

    assert responses == [7] * 8
    assert not failure_detector.is_down


def down_in(report: Reply) -> str:
    names = [check["name"] for check in orjson.loads(report.body)["checks"] if check["status"] == "down"]
    assert "database" in names
    return "down: " + ", ".join(names)


def test_requests_are_refused_at_once_with_a_retry_after(proxy: Proxy, caplog: pytest.LogCaptureFixture) -> None:
    lose_the_server(proxy)

    calls = [Reply(path, authorization="Bearer lk_live_x") for path in ("/api/v1/games", "/api/v1/players/me")]
    pages = [Reply(path) for path in ("/games/", "/")]

    assert {(response.status, response.headers["Retry-After"]) for response in calls + pages} == {(503, "2")}
    assert max(response.seconds for response in calls + pages) < 1.0
    assert {orjson.loads(response.body)["code"] for response in calls} == {"database_unavailable"}
    assert {orjson.loads(response.body)["detail"] for response in calls} == {
        "The database is not responding. Try again shortly."
    }
    assert all(VISITORS_REASON in response.body.decode() for response in pages)
    assert not [response for response in pages if "database" in response.body.decode()]

    ready, whole = Reply("/readyz"), Reply("/health/")

    assert (ready.status, whole.status) == (503, 503)
    assert ready.seconds < 1.0
    assert whole.seconds < 1.0
    checks = {check["name"]: check for check in orjson.loads(whole.body)["checks"]}
    assert checks["database"]["status"] == "down"
    assert checks["database"]["detail"].startswith("It is not responding; breaker ")
    assert checks["outbox"]["detail"] == checks["jobs"]["detail"] == "The database is not responding."
    assert checks["redis"]["status"] == "up"
    reason = "database_unavailable: PostgreSQL does not answer; its breaker is open, or about to be."
    reasons = dict.fromkeys(("/api/v1/games", "/api/v1/players/me", "/games/", "/"), reason)
    reasons |= {"/readyz": down_in(ready), "/health/": down_in(whole)}
    assert [
        (record.levelname, record.getMessage(), record.exc_info)
        for record in caplog.records
        if "Service Unavailable" in record.getMessage()
    ] == [("WARNING", f"Service Unavailable: {path} ({reason})", None) for path, reason in reasons.items()]
    assert [record.getMessage() for record in caplog.records if record.levelname == "ERROR"] == []


@pytest.fixture
def open_connection(proxy: Proxy) -> Iterator[BoundedConnection]:
    with BoundedConnection.connect(**connection.get_connection_params(), autocommit=True) as opened:
        opened.execute("SELECT 7")
        yield opened


def test_a_server_that_responded_a_moment_ago_is_not_probed(proxy: Proxy, open_connection: BoundedConnection) -> None:
    before = proxy.sent

    assert open_connection.is_alive()
    assert proxy.sent == before


def test_a_server_that_was_silent_for_long_is_probed(proxy: Proxy, open_connection: BoundedConnection) -> None:
    before = proxy.sent
    open_connection.last_response_at -= LATELY_SECONDS

    assert open_connection.is_alive()
    assert proxy.sent == before + 1


def test_a_connection_that_hung_up_a_moment_ago_is_not_used(proxy: Proxy, open_connection: BoundedConnection) -> None:
    # However slow the machine is, it responded lately.
    open_connection.last_response_at += 60.0
    proxy.break_all()

    wait_until(lambda: not open_connection.is_alive(), "the end of the connection to arrive")


def test_a_server_that_freezes_a_moment_after_it_responded_is_given_up_in_time(proxy: Proxy) -> None:
    for _ in range(READY_CONNECTIONS):
        in_thread(lambda: _spend(1, query_database))
    proxy.freeze()
    began_at = time.monotonic()

    assert isinstance(in_thread(lambda: _spend(budgets.REQUEST_SECONDS, query_database)), OperationalError)
    assert time.monotonic() - began_at < 6.0
    wait_until(lambda: failure_detector.is_down, "the breaker to open", seconds=4)
    proxy.thaw()
    wait_until(lambda: not failure_detector.is_down, "the breaker to close", seconds=12)


def test_a_command_waits_for_a_server_that_is_slow_when_it_starts(proxy: Proxy) -> None:
    proxy.go_down()

    with subprocess.Popen(
        [sys.executable, "manage.py", "migrate", "--plan"],
        cwd=settings.BASE_DIR,
        env={**os.environ, "DATABASE_URL": url_of_test_database()},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as command:
        assert command.stderr is not None
        # One a second: longer than a request would wait.
        failures = islice((line for line in command.stderr if "reconnection attempt" in line), 3)
        count = len(list(failures))
        proxy.come_back()
        command.communicate()

    assert (count, command.returncode) == (3, 0)


def test_what_waits_for_a_lock_is_late_and_not_unavailable(monkeypatch: Any) -> None:
    monkeypatch.setattr("achievements_site.wsgi.REQUEST_SECONDS", 0.3)
    game = make_game()
    paths = (f"/api/v1/leaderboards/{game.id}", f"/leaderboards/{game.slug}/")

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f'LOCK TABLE "{Game._meta.db_table}" IN ACCESS EXCLUSIVE MODE')
        responses = [in_thread(lambda path=path: Reply(path)) for path in paths]
    failure_detector.wait()

    assert [response.status for response in responses] == [503, 503]
    assert "The database did not respond in time." in responses[0].body.decode()
    assert VISITORS_REASON in responses[1].body.decode()
    assert not failure_detector.is_down


def test_a_statement_that_the_server_ends_is_late() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 20")
        with pytest.raises(OperationalError) as refused:
            cursor.execute("SELECT pg_sleep(5)")
        transaction.set_rollback(True)

    assert reason_of(refused.value) == (UNAVAILABLE_CODE, "The database did not respond in time. Try again shortly.")
    assert reason_of(DatabaseUnavailableError()) == (
        UNAVAILABLE_CODE,
        "The database is not responding. Try again shortly.",
    )
