"""Probes and the health report, with every dependency up, down, and silent."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client

from apps.core.clock import now
from apps.core.models import OutboxEntry
from apps.core.operations import health, health_checks
from apps.core.operations.health import Finding
from apps.core.operations.urls import urlpatterns as operations_urls
from apps.core.redis import client as redis
from apps.core.redis.breakers import breaker

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def client() -> Client:
    return Client(raise_request_exception=False)


@pytest.fixture(autouse=True)
def nothing_checked_before() -> Iterator[None]:
    health._running.clear()
    yield
    health._running.clear()


def check_of(client: Client, name: str) -> dict[str, Any]:
    (check,) = [item for item in client.get("/health/").json()["checks"] if item["name"] == name]
    return dict(check)


def refuse(*args: Any, **options: Any) -> Any:
    raise redis.RedisError("down")


def test_a_process_is_alive_whatever_has_become_of_the_database(client: Client, monkeypatch: Any) -> None:
    monkeypatch.setitem(health._checks, "database", lambda: 1 / 0)

    response = client.get("/livez")

    assert (response.status_code, response.json()) == (200, {"status": "up"})


def test_ready_with_everything_there(client: Client) -> None:
    response = client.get("/readyz")

    assert response.status_code == 200
    assert response["Cache-Control"] == "no-store"
    assert response.json()["status"] == "up"
    assert [check["name"] for check in response.json()["checks"]] == ["database", "migrations", "redis"]


def test_not_ready_without_the_database(client: Client, monkeypatch: Any) -> None:
    def fail() -> Finding:
        raise OperationalError('connection to server at "10.0.0.7" failed')

    monkeypatch.setitem(health._checks, "database", fail)

    response = client.get("/readyz")

    assert (response.status_code, response["Retry-After"]) == (503, "2")
    assert response.json()["status"] == "down"
    assert "10.0.0.7" not in response.content.decode()


def test_not_ready_while_migrations_are_missing(client: Client, monkeypatch: Any) -> None:
    class Unmigrated(health_checks.MigrationExecutor):
        def migration_plan(self, targets: Any, clean_start: bool = False) -> list[Any]:
            return [("one", False), ("two", False)]

    monkeypatch.setattr(health_checks.migrations, "are_applied", False)
    monkeypatch.setattr(health_checks, "MigrationExecutor", Unmigrated)

    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json()["checks"][1]["detail"] == "2 migrations are not applied. Run `manage.py migrate`."


def test_ready_but_degraded_without_redis(client: Client, monkeypatch: Any) -> None:
    monkeypatch.setattr(redis.Client, "ping", refuse)

    response = client.get("/readyz")

    assert response.status_code == 200
    assert response.json()["status"] == "degraded"
    assert response.json()["checks"][2]["status"] == "down"


def test_a_check_that_hangs_is_reported_down_in_time_and_not_run_twice(client: Client, monkeypatch: Any) -> None:
    is_over = threading.Event()
    runs: list[None] = []

    def hang() -> Finding:
        runs.append(None)
        is_over.wait(20)
        return Finding("up", "")

    monkeypatch.setattr(health, "RESPONSE_SECONDS_MAX", 0.05)
    monkeypatch.setitem(health._checks, "database", hang)

    try:
        first, second = client.get("/readyz"), client.get("/readyz")
    finally:
        is_over.set()

    assert (first.status_code, second.status_code) == (503, 503)
    assert first.json()["checks"][0]["detail"].startswith("No response in")
    assert len(runs) == 1


def test_the_report_names_every_check(client: Client, boards: None) -> None:
    response = client.get("/health/")

    body = response.json()
    assert response.status_code == 200
    assert body["status"] == "up"
    assert [check["name"] for check in body["checks"]] == [
        "database", "migrations", "redis", "broker", "outbox", "disk", "backlogs", "partitions", "jobs", "boards",
    ]  # fmt: skip
    assert all(check["latency_ms"] >= 0 and check["detail"] for check in body["checks"])


@pytest.mark.parametrize(("seconds", "status"), [(0, "up"), (6, "degraded"), (61, "down")])
def test_an_old_event_in_the_outbox_shows_that_the_relay_is_behind(client: Client, seconds: int, status: str) -> None:
    OutboxEntry.objects.create(kind="test", payload={}, created_at=now() - timedelta(seconds=seconds))

    check = check_of(client, "outbox")

    assert check["status"] == status
    assert check["detail"].startswith(f"1 waiting, the oldest for {seconds}.")


def test_a_parked_event_is_for_a_person_to_see(client: Client) -> None:
    OutboxEntry.objects.create(kind="test", payload={}, parked_at=now(), error="KeyError")

    check = check_of(client, "outbox")

    assert (check["status"], check["detail"]) == ("degraded", "0 waiting, the oldest for 0.0 seconds; 1 parked.")


def test_boards_that_redis_lacks_are_degraded(client: Client) -> None:
    assert check_of(client, "boards")["status"] == "degraded"


def test_the_breaker_shows_beside_a_redis_that_answers_again(client: Client) -> None:
    for _ in range(breaker.failures_max):
        with pytest.raises(redis.RedisUnavailableError):
            redis.run_with_breaker(refuse)

    check = check_of(client, "redis")

    assert check["status"] == "degraded"


def test_browsers_get_a_page(client: Client, boards: None) -> None:
    response = client.get("/health/", headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})

    assert response.status_code == 200
    assert response["Content-Type"] == "text/html; charset=utf-8"
    page = response.content.decode()
    assert [word in page for word in ("Database", "Work queues", "Leaderboards")] == [True] * 3
    assert "acklogs" not in page


def test_the_page_says_so_when_the_database_is_down(client: Client, monkeypatch: Any) -> None:
    monkeypatch.setitem(health._checks, "database", lambda: 1 / 0)

    response = client.get("/health/", headers={"Accept": "text/html"})

    assert response.status_code == 503
    assert response["Content-Type"] == "text/html; charset=utf-8"


def test_the_empty_view_answers_next_to_nothing(client: Client) -> None:
    response = client.get("/api/v1/ping")

    assert (response.status_code, response.content) == (200, b'{"ok":true}')


@pytest.mark.parametrize("route", [str(found.pattern) for found in operations_urls])
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_what_is_only_read_refuses_other_methods_with_a_problem(client: Client, route: str, method: str) -> None:
    response = client.generic(method, f"/{route}")

    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD, OPTIONS")
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["code"] == "method_not_allowed"
