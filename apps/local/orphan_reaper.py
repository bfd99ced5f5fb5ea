"""A tiny process that briefly outlives its parent: when the parent dies, even by kill -9, it ends the orphans."""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
# PostgreSQL writes a checkpoint before it exits.
GRACE_SECONDS = 10.0


class OrphanReaper:
    """Our end of the pipe; when it closes, for whatever reason, the reaper acts.

    Chosen over PR_SET_PDEATHSIG, which is Linux only, follows the starting thread instead of the process, and reaches a
    program but not the pool of children it forked.
    """

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            # -S: without site-packages it starts in 20 ms.
            [sys.executable, "-S", "-m", "apps.local.orphan_reaper"],
            cwd=CHECKOUT,
            stdin=subprocess.PIPE,
            start_new_session=True,
        )

    @property
    def pid(self) -> int:
        return self._process.pid

    def watch(self, pid: int, orphan_signal: signal.Signals) -> None:
        self._write_line(f"{pid} {orphan_signal.value}\n")

    def unwatch(self, pid: int) -> None:
        self._write_line(f"{pid} 0\n")

    def dismiss(self) -> None:
        """End the watch; processes still registered are ended too."""
        if self._process.stdin:
            with suppress(BrokenPipeError):
                self._process.stdin.close()
        self._process.wait()

    def _write_line(self, line: str) -> None:
        # Without a reaper the children still run; it must never be the reason that they don't.
        with suppress(BrokenPipeError, ValueError):
            assert self._process.stdin is not None
            self._process.stdin.write(line.encode())
            self._process.stdin.flush()


def keep_watch() -> None:
    """Read `pid signal` lines until the pipe closes, then end every group still registered."""
    watched: dict[int, int] = {}
    for line in sys.stdin:
        pid, number = map(int, line.split())
        watched.pop(pid, None)
        if number:
            watched[pid] = number
    end_groups(watched)


def end_groups(signals: dict[int, int]) -> None:
    """Send each process group its signal, and kill what is left of them after GRACE_SECONDS."""
    for pid, number in signals.items():
        _signal_group(pid, number)
    deadline = time.monotonic() + GRACE_SECONDS
    while any(map(is_running, signals)) and time.monotonic() < deadline:
        time.sleep(0.05)
    for pid in signals:
        _signal_group(pid, signal.SIGKILL)


def is_running(pid: int) -> bool:
    """Return whether the process exists and is not a zombie."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return True


def _signal_group(pid: int, number: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number)


if __name__ == "__main__":
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    keep_watch()
