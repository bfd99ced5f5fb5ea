"""`live_stack`: Laurel's web and relay as real processes, on a database and a Valkey that no other test touches."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import orjson
import psycopg
import pytest
from django.conf import settings
from django.db import connection
from psycopg import sql

from apps.local.embedded import server
from apps.local.embedded.valkey import Valkey
from apps.local.orphan_reaper import OrphanReaper
from apps.local.programs import Program, open_log, spawn, stop
from tests.supervised import CHECKOUT, Stack

READY_SECONDS = 60.0
STOP_SECONDS = 10.0
PYTHON = sys.executable


@pytest.fixture(scope="session")
def live_stack(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[Stack]:
    """A running Laurel, one a pytest worker, with an empty migrated database; failed tests show what it wrote."""
    home = tmp_path_factory.mktemp("live")
    with ExitStack() as cleanup:
        reaper = OrphanReaper()
        cleanup.callback(reaper.dismiss)
        valkey = Valkey(home, durable=False)
        valkey_process = server.start(valkey, home / "valkey.log", reaper)
        cleanup.callback(lambda: stop([(valkey.program(), valkey_process)], reaper, STOP_SECONDS))
        database_url = cleanup.enter_context(database_of_its_own(f"laurel_live_{worker_id}"))
        stack = Stack(home, f"http://127.0.0.1:{server.free_port()}", settings="tests.settings")
        _write(home / "servers.json", {"database_url": database_url, "redis_url": valkey.url})
        stack.manage("migrate", "--verbosity=0")
        processes = [(program, _spawn(program, home, reaper)) for program in _programs(stack)]
        cleanup.callback(lambda: stop(processes, reaper, STOP_SECONDS))
        pids = {program.name: process.pid for program, process in processes}
        _write(home / "processes.json", {**pids, "valkey": valkey_process.pid})
        _wait_until_ready(stack, processes)
        yield stack


@pytest.fixture
def live_orm(live_stack: Stack, django_db_blocker: Any) -> Iterator[Stack]:
    """The live stack, with this process's models and factories reading and writing the live database."""
    name = connection.settings_dict["NAME"]
    with django_db_blocker.unblock():
        point_models_at(urlsplit(live_stack.database_url).path[1:])
        yield live_stack
        point_models_at(name)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Attach the last lines of the live processes to the report of a failed test that used them."""
    report: pytest.TestReport = yield  # type: ignore[misc]
    stack = getattr(item, "funcargs", {}).get("live_stack")
    if report.failed and isinstance(stack, Stack):
        for log in sorted(stack.home.glob("*.log")):
            report.sections.append((f"last output of {log.stem}", log.read_text(errors="replace")[-6000:]))
    return report  # type: ignore[return-value]


def wait_until(condition: Callable[[], bool], what: str, *, seconds: float = 15.0) -> None:
    """Return as soon as the condition holds. Raises: AssertionError when it doesn't within `seconds`."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"Not within {seconds:.0f} s: {what}"
        time.sleep(0.05)


def is_someone_waiting() -> bool:
    """Whether a connection to the tests' database waits for a lock, also as seen from within a transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return bool(cursor.fetchone() != (0,))


def is_outbox_empty(stack: Stack) -> bool:
    with psycopg.connect(stack.database_url, autocommit=True) as database:
        return database.execute("SELECT count(*) FROM outbox").fetchone() == (0,)


@contextmanager
def database_of_its_own(name: str, template: str = "template1") -> Iterator[str]:
    """A database of its own on the tests' server, dropped at the end."""
    address = urlsplit(settings.DATABASE_URL)
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
    with psycopg.connect(urlunsplit(address._replace(path="/postgres")), autocommit=True) as maintenance:
        maintenance.execute(drop)
        create = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        maintenance.execute(create.format(sql.Identifier(name), sql.Identifier(template)))
    try:
        yield urlunsplit(address._replace(path=f"/{name}"))
    finally:
        with psycopg.connect(urlunsplit(address._replace(path="/postgres")), autocommit=True) as maintenance:
            maintenance.execute(drop)


def _programs(stack: Stack) -> list[Program]:
    port = stack.base_url.rpartition(":")[2]
    web = (PYTHON, "manage.py", "web", "--port", port)
    relay = (PYTHON, "manage.py", "relay")
    return [
        Program(name=name, command=command, folder=CHECKOUT, environment=stack.environment)
        for name, command in (("web", web), ("relay", relay))
    ]


def _spawn(program: Program, home: Path, reaper: OrphanReaper) -> "subprocess.Popen[bytes]":
    with open_log(home / f"{program.name}.log") as output:
        return spawn(program, output, reaper)


def _wait_until_ready(stack: Stack, processes: list[tuple[Program, "subprocess.Popen[bytes]"]]) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while not stack.is_ready():
        ended = [program.name for program, process in processes if process.poll() is not None]
        if ended or time.monotonic() > deadline:
            logs = "\n".join(log.read_text(errors="replace")[-3000:] for log in sorted(stack.home.glob("*.log")))
            raise AssertionError(f"The live stack is not ready; ended: {ended}\n{logs}")
        time.sleep(0.05)


def _write(path: Path, content: dict[str, Any]) -> None:
    path.write_bytes(orjson.dumps(content))


def point_models_at(database: str) -> None:
    connection.close()
    connection.close_pool()
    connection.settings_dict["NAME"] = database


def url_of_test_database() -> str:
    database = connection.settings_dict
    login = f"{database['USER']}:{database['PASSWORD']}"
    return f"postgres://{login}@{database['HOST']}:{database['PORT']}/{database['NAME']}"
