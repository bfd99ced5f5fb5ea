"""A server that can't be reached is one warning a round, whoever meets it; any other error keeps its traceback."""

import asyncio
import logging
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection, transaction

from apps.core.background import dispatcher
from apps.core.background.relay import PeriodicTask
from apps.core.background.relay_process import RelayLoop
from apps.core.database.budgets import spending
from apps.core.realtime.watch import Watch
from apps.core.redis import client as redis
from tests.core.conftest import Log
from tests.proxy import Proxy

pytestmark = pytest.mark.django_db(transaction=True)
Work = Callable[[], object]


def round_of_sockets(work: Work) -> None:
    watch = Watch()
    for _ in range(2):
        watch.every_round(lambda: asyncio.to_thread(work))  # type: ignore[arg-type]
    asyncio.run(watch.round(0.0))


def round_of_the_relay(work: Work) -> None:
    loop = RelayLoop()

    def run() -> None:
        loop._stopping.set()
        work()

    loop._repeat(PeriodicTask("any", 0.0, run))


def chunk_of_late_work(work: Work) -> None:
    queue: Any = SimpleNamespace(name="any", work=work)
    dispatcher._do_chunk(queue)


def task_of_a_worker(work: Work) -> None:
    """As Celery's tracer logs it."""
    try:
        work()
    except Exception as error:
        context = {"name": "a.task", "id": "1", "description": "raised unexpected", "exc": repr(error)}
        text = "Task %(name)s[%(id)s] %(description)s: %(exc)s"
        logging.getLogger("celery.app.trace").log(logging.ERROR, text, context, exc_info=error)


def break_down() -> None:
    raise KeyError


def take_too_long() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 20")
        cursor.execute("SELECT pg_sleep(5)")


def query() -> None:
    with spending(0.3), connection.cursor() as cursor:
        cursor.execute("SELECT 7")


def ping() -> None:
    redis.client_of("redis://127.0.0.1:1/0", 0.1).ping()


def alone(work: Work) -> Work:
    """With a connection of its own, in whatever thread."""

    def run() -> None:
        try:
            work()
        finally:
            connection.close()

    return run


@pytest.mark.parametrize(
    ("run", "logger"),
    [
        (round_of_sockets, "apps.core.realtime.watch"),
        (round_of_the_relay, "apps.core.background.relay_process"),
        (chunk_of_late_work, "apps.core.background.dispatcher"),
        (task_of_a_worker, "celery.app.trace"),
    ],
)
def test_an_outage_is_one_warning_a_round_and_any_other_error_has_its_traceback(
    run: Callable[[Work], None], logger: str, proxy: Proxy, log: Log
) -> None:
    def lines_of(*works: Work) -> list[dict[str, Any]]:
        before = len(log.lines)
        for work in works:
            run(alone(work))
        return [line for line in log.lines[before:] if line["logger"] == logger]

    faults = lines_of(break_down, take_too_long)
    proxy.go_down()
    outages = lines_of(query, ping)

    assert [(line["level"], line["exception"].splitlines()[-1].partition(":")[0]) for line in faults] == [
        ("error", "KeyError"),
        ("error", "django.db.utils.OperationalError"),
    ]
    assert all("test_outage_logs.py" in line["exception"] for line in faults)
    assert [(line["level"], line.get("error", "").partition(":")[0], "exception" in line) for line in outages] == [
        ("warning", "django.db.utils.OperationalError", False),
        ("warning", "redis.exceptions.ConnectionError", False),
    ]
