"""`manage.py run` as a newcomer meets it: from an empty folder to a printed unlock, through crashes, to the end."""

import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from apps.local.embedded.server import free_port
from apps.local.orphan_reaper import CHECKOUT, is_running
from tests.live import wait_until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

READY_SECONDS = 120.0
STOP_SECONDS = 5.0
ALONE = ("DATABASE_URL", "REDIS_URL", "LAUREL_ALLOW_UNSAFE_DURABILITY", "DJANGO_SETTINGS_MODULE")
PARTS = ["beat", "postgres", "relay", "valkey", "web", "worker"]


class Laurel:
    """One LAUREL_HOME and what is started in it."""

    def __init__(self, folder: Path) -> None:
        self.home = folder / "home"
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.output = folder / "output"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> "subprocess.Popen[bytes]":
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                self.command, cwd=CHECKOUT, env=self.environment, stdout=output, stderr=subprocess.STDOUT
            )
        wait_until(self._has_greeted, "Laurel greets", seconds=READY_SECONDS)
        return self.process

    @property
    def command(self) -> list[str]:
        return [sys.executable, "manage.py", "run"]

    @property
    def environment(self) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if name not in ALONE}
        return {**inherited, "LAUREL_HOME": str(self.home), "PORT": str(self.port)}

    @property
    def said(self) -> str:
        return self.output.read_text()

    @property
    def processes(self) -> dict[str, int]:
        return self.read("processes.json")

    def read(self, name: str) -> dict[str, Any]:
        return dict(json.loads((self.home / name).read_text()))

    def is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/readyz", timeout=2) as response:
                return bool(response.status == 200)
        except OSError:
            return False

    def run_the_printed_line(self) -> int:
        """Do what the curl line does; return the status."""
        words = shlex.split(next(line for line in self.said.splitlines() if line.startswith("curl ")))
        headers = dict(words[at + 1].split(": ", 1) for at, word in enumerate(words) if word == "-H")
        request = urllib.request.Request(words[2], words[words.index("-d") + 1].encode(), headers)
        with urllib.request.urlopen(request, timeout=10) as response:
            return int(response.status)

    def _has_greeted(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, self.said
        return "Ctrl-C stops everything." in self.said


@pytest.fixture
def laurel() -> Iterator[Laurel]:
    folder = Path(tempfile.mkdtemp(prefix="laurel-run-"))
    # PostgreSQL may run as another user, who must be able to walk through here.
    folder.chmod(0o711)
    laurel = Laurel(folder)
    yield laurel
    if laurel.process is not None:
        laurel.process.kill()
        laurel.process.wait()
    shutil.rmtree(folder, ignore_errors=True)


def stop(laurel: Laurel, number: signal.Signals) -> float:
    """Send the signal; return how many seconds it took until the end."""
    assert laurel.process is not None
    began = time.monotonic()
    laurel.process.send_signal(number)
    laurel.process.wait(30)
    return time.monotonic() - began


def test_one_command_brings_everything_up_keeps_it_up_and_takes_it_down(laurel: Laurel) -> None:
    process = laurel.start()

    assert laurel.is_ready()
    assert "{" not in laurel.said.partition("curl")[0]
    assert laurel.run_the_printed_line() == 201
    assert laurel.run_the_printed_line() == 200
    wait_until(lambda: sorted(laurel.processes) == PARTS, "all parts run")

    before, servers = laurel.processes, laurel.read("servers.json")
    for name in ("relay", "postgres", "valkey", "web"):
        os.kill(before[name], signal.SIGKILL)
    wait_until(lambda: sorted(laurel.processes) == PARTS, "all parts run again")
    wait_until(laurel.is_ready, "Laurel is ready again", seconds=90)
    assert laurel.read("servers.json") == servers
    assert laurel.run_the_printed_line() == 200

    second = subprocess.run(
        laurel.command, cwd=CHECKOUT, env=laurel.environment, capture_output=True, text=True, check=False
    )
    assert second.returncode == 1
    assert f"already running from {laurel.home} (process {process.pid}, {laurel.url})" in second.stdout

    running = laurel.processes
    assert stop(laurel, signal.SIGINT) < STOP_SECONDS
    assert process.returncode == 0
    assert [name for name, pid in running.items() if is_running(pid)] == []
    assert not (laurel.home / "servers.json").exists()

    laurel.start()
    assert "Tables  up to date" in laurel.said
    with psycopg.connect(laurel.read("servers.json")["database_url"]) as connection:
        assert connection.execute("SELECT count(*) > 0 FROM unlock").fetchone() == (True,)

    running = laurel.processes
    stop(laurel, signal.SIGKILL)
    wait_until(lambda: not any(map(is_running, running.values())), "everything ended with its supervisor")


def test_servers_of_ones_own_are_used_and_refused_while_they_may_lose_commits(laurel: Laurel) -> None:
    # The tests' PostgreSQL runs without fsync.
    servers = {name: os.environ[name] for name in ("DATABASE_URL", "REDIS_URL")}

    run = subprocess.run(
        laurel.command,
        cwd=CHECKOUT,
        env={**laurel.environment, **servers},
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.returncode == 1
    assert "PostgreSQL runs with fsync and synchronous_commit off: it would lose unlocks" in run.stdout + run.stderr
    # Static files may have been collected meanwhile; no server was made.
    left = {path.name for path in laurel.home.iterdir()} - {"static"}
    assert left == {"lock", "logs", "mail", "secret_key"}
