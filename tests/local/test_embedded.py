"""The embedded servers, started for real: what survives kill -9, and what is said when they can't start."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeAlias

import psycopg
import pytest
import redis

from apps.local.embedded import accounts, server
from apps.local.embedded.postgres import Postgres
from apps.local.embedded.server import EmbeddedServer, EmbeddedServerError, start
from apps.local.embedded.valkey import Valkey
from apps.local.orphan_reaper import CHECKOUT, OrphanReaper, is_running
from apps.local.programs import kill_and_reap, stop
from tests.live import wait_until

Process: TypeAlias = "subprocess.Popen[bytes]"
Run: TypeAlias = Callable[[EmbeddedServer], Process]

# Starts a Valkey, says its process number and waits to be killed.
OWNER = """
import sys, time
from pathlib import Path
from apps.local.embedded.server import start
from apps.local.embedded.valkey import Valkey
from apps.local.orphan_reaper import OrphanReaper
home = Path(sys.argv[1])
print(start(Valkey(home), home / "valkey.log", OrphanReaper()).pid, flush=True)
time.sleep(60)
"""


@pytest.fixture
def home() -> Iterator[Path]:
    """A folder that PostgreSQL can enter whoever it runs as; pytest's own are private to us."""
    folder = Path(tempfile.mkdtemp(prefix="laurel-embedded-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def reaper() -> Iterator[OrphanReaper]:
    """Ends whatever a test leaves running."""
    reaper = OrphanReaper()
    yield reaper
    reaper.dismiss()


@pytest.fixture
def postgres(home: Path, reaper: OrphanReaper) -> Postgres:
    return Postgres(home, durable=False)


@pytest.fixture
def run(home: Path, reaper: OrphanReaper) -> Iterator[Run]:
    """Start a server and return when it is ready; all are stopped after the test."""
    running = []

    def started(server: EmbeddedServer) -> Process:
        process = start(server, home / f"{server.name}.log", reaper)
        running.append((server.program(), process))
        return process

    yield started
    stop(running, reaper, 5)


def kill(process: Process, reaper: OrphanReaper) -> None:
    os.kill(process.pid, signal.SIGKILL)
    kill_and_reap(process, reaper)


def test_a_killed_postgres_comes_back_on_its_port_with_what_was_committed(
    home: Path, run: Run, reaper: OrphanReaper
) -> None:
    postgres = Postgres(home)
    process = run(postgres)
    url = postgres.url
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE stored AS SELECT 7 AS number")

    kill(process, reaper)
    assert (postgres.data / "postmaster.pid").exists()
    run(postgres)

    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT number FROM stored").fetchall() == [(7,)]


def test_a_pid_file_that_names_a_stranger_does_not_block_the_start(postgres: Postgres, run: Run) -> None:
    postgres.prepare()
    account = postgres.program().account
    # Of the same user, or PostgreSQL would know by itself that it can't be its predecessor.
    stranger = subprocess.Popen(["/bin/sleep", "60"], user=account.uid if account else None)
    (postgres.data / "postmaster.pid").write_text(f"{stranger.pid}\n{postgres.data}\n")

    process = run(postgres)

    assert postgres.is_ready(process.pid)
    stranger.kill()
    stranger.wait()


def test_an_interrupted_initdb_leaves_nothing_in_the_way(postgres: Postgres, home: Path, run: Run) -> None:
    remains = accounts.settle(home / "postgres", accounts.account_for(home / "postgres")) / "data.new"
    remains.mkdir()
    (remains / "PG_VERSION").write_text("18\n")

    process = run(postgres)

    assert postgres.is_ready(process.pid)
    assert not remains.exists()


def test_a_folder_of_another_major_version_is_refused_and_left_alone(postgres: Postgres) -> None:
    postgres.data.mkdir(parents=True)
    (postgres.data / "PG_VERSION").write_text("17\n")

    with pytest.raises(EmbeddedServerError, match=r"made by PostgreSQL 17, this Laurel brings 18"):
        postgres.prepare()

    assert [path.name for path in postgres.data.iterdir()] == ["PG_VERSION"]


def test_a_half_made_folder_is_named_and_left_alone(postgres: Postgres) -> None:
    (postgres.data / "base").mkdir(parents=True)

    with pytest.raises(EmbeddedServerError, match=r"postgres/data is not a complete PostgreSQL folder"):
        postgres.prepare()

    assert [path.name for path in postgres.data.iterdir()] == ["base"]


def test_what_runs_for_people_is_durable_and_watches_statements(home: Path, run: Run) -> None:
    postgres = Postgres(home)
    run(postgres)

    with psycopg.connect(postgres.url) as connection:
        names = ("fsync", "synchronous_commit", "full_page_writes", "listen_addresses", "server_encoding")
        settings = [connection.execute("SELECT current_setting(%s)", [name]).fetchone() for name in names]
        statements = connection.execute("SELECT count(*) > 0 FROM pg_stat_statements").fetchone()

    assert settings == [("on",), ("on",), ("on",), ("127.0.0.1",), ("UTF8",)]
    assert statements == (True,)


def test_nobody_gets_in_without_the_password(postgres: Postgres, run: Run) -> None:
    run(postgres)

    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(host="127.0.0.1", port=postgres.port, user="laurel", dbname="laurel", password="guess")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs PostgreSQL as another user")
def test_below_a_private_folder_root_puts_the_data_where_postgres_reaches_it(
    home: Path, run: Run, reaper: OrphanReaper, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accounts, "SHARED_FOLDER", home / "shared")
    private = home / "private"
    private.mkdir(mode=0o700)
    first = Postgres(private, durable=False)
    stop([(first.program(), run(first))], reaper, 5)

    second = Postgres(private, durable=False)
    process = run(second)

    assert (private / "postgres").is_symlink()
    assert second.data == first.data
    assert second.data.is_relative_to(home / "shared")
    assert second.is_ready(process.pid)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs PostgreSQL as another user")
def test_programs_that_postgres_cannot_reach_are_copied(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accounts, "SHARED_FOLDER", home / "shared")
    wheel = home / "private" / "wheel"
    wheel.mkdir(parents=True)
    shutil.copy("/bin/true", wheel / "program")
    (home / "private").chmod(0o700)

    found = accounts.reachable_copies([wheel], Path("wheel/program"), accounts.account_for(home / "x"), "copies")

    assert found == home / "shared" / "copies"
    assert (found / "wheel" / "program").exists()


def test_a_killed_valkey_comes_back_on_its_port_with_what_was_written(
    home: Path, run: Run, reaper: OrphanReaper
) -> None:
    valkey = Valkey(home)
    process = run(valkey)
    with redis.Redis.from_url(valkey.url) as client:
        client.set("stored", 7)
        client.execute_command("WAITAOF", 1, 0, 5000)

    kill(process, reaper)
    run(valkey)

    with redis.Redis.from_url(valkey.url) as client:
        assert client.get("stored") == b"7"
        assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}


def test_a_server_that_cannot_start_says_so_with_the_end_of_its_log(home: Path, run: Run) -> None:
    first = Valkey(home, durable=False)
    run(first)
    second = Valkey(home, port=first.port, durable=False)
    second.is_ready = lambda _pid: False  # type: ignore[method-assign]

    with pytest.raises(EmbeddedServerError) as refusal:
        run(second)

    assert str(refusal.value).startswith("Valkey 9 ended with status 1. Its log, ")
    assert "Address already in use" in str(refusal.value)


def test_ports_stay_out_of_the_range_of_outgoing_connections() -> None:
    ports = {server.free_port() for _ in range(20)}

    assert min(ports) >= 20000
    assert max(ports) < 32000


def test_servers_end_when_their_owner_is_killed(home: Path) -> None:
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER, str(home)], cwd=CHECKOUT, stdout=subprocess.PIPE, text=True, bufsize=1
    )
    assert owner.stdout is not None
    with owner, owner.stdout:
        pid = int(owner.stdout.readline())
        assert is_running(pid)

        owner.kill()

        wait_until(lambda: not is_running(pid), "Valkey ended")
