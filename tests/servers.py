"""The pytest plugin that gives every run a PostgreSQL of its own, and every worker a Valkey of its own."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from apps.local.embedded.postgres import Postgres
from apps.local.embedded.server import EmbeddedServer, start
from apps.local.embedded.valkey import Valkey
from apps.local.orphan_reaper import OrphanReaper
from apps.local.programs import stop

STOP_SECONDS = 5.0
# Where a developer's own shell may point: never at what tests may empty.
FOREIGN = (
    "DATABASE_DIRECT_URL",
    "CELERY_BROKER_URL",
    "CACHE_URL",
    "SESSION_REDIS_URL",
    "MEDIA_ROOT",
    "STATIC_ROOT",
    "REDIS_REPLICA_URLS",
)


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Iterator[None]:
    """Start the servers before pytest-django, whose own hook this wraps, reads the settings."""
    options = early_config.known_args_namespace
    if not (options.help or options.version):
        servers = ExitStack()
        early_config.add_cleanup(servers.close)
        _start_servers(servers)
    return (yield)


def _start_servers(servers: ExitStack) -> None:
    home = Path(tempfile.mkdtemp(prefix="laurel-tests-"))
    # PostgreSQL may run as another user, who must be able to walk through here.
    home.chmod(0o711)
    servers.callback(shutil.rmtree, home, ignore_errors=True)
    reaper = OrphanReaper()
    servers.callback(reaper.dismiss)
    for name in FOREIGN:
        os.environ.pop(name, None)
    os.environ["LAUREL_HOME"] = str(home)
    os.environ["LAUREL_ALLOW_UNSAFE_DURABILITY"] = "1"
    # Set by the developer, or for a worker by the process that started it.
    if not os.environ.get("DATABASE_URL"):
        os.environ["DATABASE_URL"] = _start(Postgres(home, durable=False), home, reaper, servers)
    # Tests empty Redis, so it is never shared.
    os.environ["REDIS_URL"] = _start(Valkey(home, durable=False), home, reaper, servers)


def _start(server: EmbeddedServer, home: Path, reaper: OrphanReaper, servers: ExitStack) -> str:
    process = start(server, home / f"{server.name}.log", reaper)
    servers.callback(stop, [(server.program(), process)], reaper, STOP_SECONDS)
    return server.url
