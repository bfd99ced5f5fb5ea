"""The whole of Laurel as people start it, `manage.py run`, in a folder of its own that is gone afterwards."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from apps.local.embedded.server import free_port

CHECKOUT = Path(__file__).resolve().parent.parent
READY_SECONDS = 180.0
STOP_SECONDS = 20.0
# What would make `run` something else than a person's: servers that are not its own, settings of the tests.
FOREIGN = (
    *("DATABASE_URL", "DATABASE_DIRECT_URL", "REDIS_URL", "CELERY_BROKER_URL", "CACHE_URL", "SESSION_REDIS_URL"),
    *("DJANGO_SETTINGS_MODULE", "LAUREL_ALLOW_UNSAFE_DURABILITY", "MEDIA_ROOT", "STATIC_ROOT"),
)


class NotReadyError(Exception):
    """The stack didn't come up; the message ends with its last output."""


@dataclass(frozen=True, slots=True)
class Stack:
    """A running Laurel."""

    home: Path
    base_url: str
    settings: str = "achievements_site.settings"
    # Whose code runs, and with which Python.
    checkout: Path = CHECKOUT
    python: str = sys.executable

    @property
    def demo(self) -> dict[str, Any]:
        return _read_json(self.home / "demo.json")

    @property
    def database_url(self) -> str:
        return str(_read_json(self.home / "servers.json")["database_url"])

    @property
    def redis_url(self) -> str:
        return str(_read_json(self.home / "servers.json")["redis_url"])

    @property
    def pids(self) -> dict[str, int]:
        """The processes of the stack by name, as the supervisor last wrote them; none when it wrote none."""
        try:
            return {name: int(pid) for name, pid in _read_json(self.home / "processes.json").items()}
        except FileNotFoundError:
            return {}

    @property
    def environment(self) -> dict[str, str]:
        """What a process beside the stack needs to find it."""
        return {
            "DJANGO_SETTINGS_MODULE": self.settings,
            "LAUREL_HOME": str(self.home),
            "DATABASE_URL": self.database_url,
            "REDIS_URL": self.redis_url,
            "PORT": self.base_url.rpartition(":")[2],
        }

    def manage(self, *arguments: str) -> str:
        """Run a management command against the stack and return its output. Raises: RuntimeError with it."""
        run = subprocess.run(
            [self.python, "manage.py", *arguments],
            cwd=self.checkout,
            env={**os.environ, **self.environment},
            capture_output=True,
            text=True,
            check=False,
        )
        if run.returncode:
            raise RuntimeError(f"manage.py {' '.join(arguments)} failed:\n{run.stdout}{run.stderr}")
        return run.stdout

    def is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.base_url}/readyz", timeout=2) as response:
                return bool(response.status == 200)
        except OSError:
            return False


@contextmanager
def supervised_stack(
    parent: Path | None = None, *, checkout: Path = CHECKOUT, python: str = sys.executable, **environment: str
) -> Iterator[Stack]:
    """Start all of a checkout on a free port, wait until it is ready, and stop it at the end, also after Ctrl-C."""
    with tempfile.TemporaryDirectory(prefix="laurel-", dir=parent, ignore_cleanup_errors=True) as folder:
        # The embedded PostgreSQL may run as another user, who must be able to walk through here.
        Path(folder).chmod(0o755)
        home, base_url = Path(folder) / "home", f"http://127.0.0.1:{free_port()}"
        stack = Stack(home, base_url, checkout=checkout, python=python)
        stack.home.mkdir(mode=0o755)
        output = Path(folder) / "output.log"
        process = _start(stack, output, environment)
        try:
            _wait_until_ready(stack, process, output)
            yield stack
        finally:
            _stop(process)


def _start(stack: Stack, output: Path, chosen: Mapping[str, str]) -> subprocess.Popen[bytes]:
    environment = {name: value for name, value in os.environ.items() if name not in FOREIGN} | chosen
    environment |= {"LAUREL_HOME": str(stack.home), "PORT": stack.base_url.rpartition(":")[2], "HOST": "127.0.0.1"}
    # All of a load comes from one address; it is counted as ever, and never refused.
    environment.setdefault("RATE_LIMIT_ANONYMOUS", "100000000")
    with output.open("wb") as file:
        return subprocess.Popen(
            [stack.python, str(stack.checkout / "manage.py"), "run"],
            cwd=stack.checkout,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            # Ctrl-C is ours to pass on, once the stack under measurement has been stopped.
            start_new_session=True,
        )


def _wait_until_ready(stack: Stack, process: subprocess.Popen[bytes], output: Path) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while not ((stack.home / "demo.json").exists() and stack.is_ready()):
        if process.poll() is not None or time.monotonic() > deadline:
            tail = "\n".join(output.read_text(errors="replace").splitlines()[-30:])
            raise NotReadyError(f"`manage.py run` is not ready (exit status {process.poll()}):\n{tail}")
        time.sleep(0.2)


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGINT)
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        # Its reaper ends the children.
        process.kill()
        process.wait()


def _read_json(path: Path) -> dict[str, Any]:
    return dict(json.loads(path.read_text()))
