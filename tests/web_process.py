"""A web process of a test's own beside the live stack, which can be killed, and started again on its port."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from apps.local.embedded.server import free_port
from tests.supervised import CHECKOUT, Stack

READY_SECONDS = 60.0
STOP_SECONDS = 10.0


class WebProcess:
    """The web process as the supervisor runs it, on servers that may be others than the stack's."""

    def __init__(self, stack: Stack, **environment: str) -> None:
        self.port = free_port()
        self.base_url = f"http://127.0.0.1:{self.port}"
        self._environment = {**os.environ, **stack.environment, "PORT": str(self.port), **environment}
        self._log = stack.home / f"web-{self.port}.log"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def start(self) -> "WebProcess":
        with self._log.open("ab") as output:
            self._process = subprocess.Popen(
                _command(self.port), cwd=CHECKOUT, env=self._environment, stdout=output, stderr=output
            )
        try:
            self._await_ready(self._process)
        except BaseException:
            # A test that fails or runs out of time here never comes to the end of its `with`.
            self.kill()
            raise
        return self

    def __enter__(self) -> "WebProcess":
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.kill()

    def kill(self) -> None:
        """End it as a machine ends that loses power."""
        self._end(signal.SIGKILL)

    def terminate(self) -> None:
        """Signal it to end, and wait until it has."""
        self._end(signal.SIGTERM)

    def signal_end(self) -> None:
        assert self._process is not None
        self._process.terminate()

    def children(self) -> dict[int, int]:
        """Return the numbers of the processes it runs, where it is several, and their pids."""
        found = {}
        for pid in map(int, Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()):
            environment = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
            places = [json.loads(item.partition(b"=")[2]) for item in environment if item.startswith(b"LAUREL_WEB_")]
            found.update({place["number"]: pid for place in places})
        return found

    @contextmanager
    def only(self, number: int) -> Iterator[None]:
        """Freeze all its processes but one, which takes the connections that are opened meanwhile."""
        others = [pid for other, pid in self.children().items() if other != number]
        for pid in others:
            os.kill(pid, signal.SIGSTOP)
        while not all(Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].startswith("T") for pid in others):
            time.sleep(0.001)
        try:
            yield
        finally:
            for pid in others:
                os.kill(pid, signal.SIGCONT)

    def memory_bytes(self) -> int:
        """Return what it holds in memory of its own."""
        lines = Path(f"/proc/{self.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("RssAnon"))

    def said(self) -> str:
        return self._log.read_text()

    def _end(self, number: int) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(number)
            self._process.wait(STOP_SECONDS)

    def _await_ready(self, process: "subprocess.Popen[bytes]") -> None:
        deadline = time.monotonic() + READY_SECONDS
        while not (self._is_ready() and self._is_complete()):
            assert process.poll() is None, self._log.read_text()[-3000:]
            assert time.monotonic() < deadline, "not ready"
            time.sleep(0.05)

    def _is_complete(self) -> bool:
        """Whether each of several processes has said that it is ready."""
        count = int(self._environment.get("WEB_PROCESSES") or 1)
        return count == 1 or self.said().count("web_process.ready") >= count

    def _is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.base_url}/livez", timeout=2) as response:
                return bool(response.status == 200)
        except OSError:
            return False


def _command(port: int) -> list[str]:
    return [sys.executable, "manage.py", "web", "--port", str(port), "--grace-seconds", "5"]
