"""The parent of several web processes: holds their listening sockets, and starts again what ends.

It imports nothing of Django: 20 MB resident beside 104.
"""

import argparse
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from apps.core.web_processes.listening import AddressError, bind
from apps.core.web_processes.place import READY, Place
from apps.core.web_processes.restarts import WELL_SECONDS, cause_of, delay_after
from apps.core.web_processes.shared_memory import SharedMemory, shared_file

COMMAND = "web-processes"
TEND_SECONDS = 0.1
# For what a process does after its last response, before it is killed.
SPARE_SECONDS = 5.0
# How a process ends on request.
_REQUESTED = {0, -signal.SIGTERM, -signal.SIGINT}


@dataclass(slots=True)
class Sibling:
    """One of the processes, started anew as often as it ends."""

    number: int
    process: "subprocess.Popen[bytes] | None" = None
    line: socket.socket | None = None
    is_ready: bool = False
    deaths: int = 0
    started_at: float = 0.0
    start_at: float = 0.0
    # When a process whose end was requested is killed.
    kill_at: float | None = None


class Parent:
    """Keeps `count` web processes running until SIGTERM or SIGINT; SIGHUP replaces them one after the other."""

    def __init__(self, listeners: Sequence[socket.socket], *, count: int, command: Sequence[str], grace: float) -> None:
        self._listeners, self._count, self._command, self._grace = listeners, count, command, grace
        self._file: IO[bytes] = shared_file(count)
        self._memory = SharedMemory(self._file.fileno(), count)
        self._siblings = [Sibling(number) for number in range(1, count + 1)]
        self._to_replace: deque[Sibling] = deque()
        self._is_stopping = False
        # Before any process has served, one that ends means that none can.
        self._has_served = False

    def run(self) -> int:
        """Run until a signal; return the exit status, 1 where the first processes could not start."""
        self._listen_to_signals()
        is_well = True
        while is_well and not self._is_stopping:
            is_well = all(self._tend(sibling) for sibling in self._siblings)
            self._replace_next()
            time.sleep(TEND_SECONDS)
        self._stop()
        return 0 if is_well else 1

    def _listen_to_signals(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._request_stop)
        signal.signal(signal.SIGHUP, self._request_replacement)

    def _request_stop(self, *_: object) -> None:
        self._is_stopping = True

    def _request_replacement(self, *_: object) -> None:
        self._to_replace.extend(sibling for sibling in self._siblings if sibling not in self._to_replace)

    def _tend(self, sibling: Sibling) -> bool:
        """Start, watch or bury a process; return whether to go on."""
        if sibling.process is None:
            if time.monotonic() >= sibling.start_at:
                self._start(sibling)
            return True
        if sibling.process.poll() is not None:
            self._bury(sibling, sibling.process.returncode)
            return self._has_served
        if sibling.kill_at is not None and time.monotonic() > sibling.kill_at:
            sibling.process.kill()
        self._read_line(sibling)
        return True

    def _start(self, sibling: Sibling) -> None:
        sibling.line, theirs = socket.socketpair()
        sibling.line.setblocking(False)
        listeners = tuple(listener.fileno() for listener in self._listeners)
        place = Place(sibling.number, self._count, listeners, self._file.fileno(), theirs.fileno())
        with theirs:
            sibling.process = subprocess.Popen(
                self._command,
                env=os.environ | place.environment(),
                stdin=subprocess.DEVNULL,
                pass_fds=place.descriptors(),
            )
        sibling.started_at, sibling.is_ready, sibling.kill_at = time.monotonic(), False, None

    def _read_line(self, sibling: Sibling) -> None:
        if sibling.is_ready or sibling.line is None:
            return
        with suppress(BlockingIOError):
            sibling.is_ready = sibling.line.recv(1) == READY
        if sibling.is_ready:
            self._has_served = True
            _say("info", "web_process.ready", process=sibling.number)

    def _bury(self, sibling: Sibling, status: int) -> None:
        self._memory.clear(sibling.number)
        if sibling.line is not None:
            sibling.line.close()
        sibling.process, sibling.is_ready = None, False
        lived = time.monotonic() - sibling.started_at
        if status in _REQUESTED:
            sibling.deaths, delay = 0, 0.0
        else:
            sibling.deaths = 0 if lived > WELL_SECONDS else sibling.deaths
            delay = delay_after(sibling.deaths)
            sibling.deaths += 1
        sibling.start_at = time.monotonic() + delay
        level = "info" if status in _REQUESTED else "warning"
        _say(
            level,
            "web_process.ended",
            process=sibling.number,
            cause=cause_of(status),
            lived_seconds=round(lived, 1),
            delay=delay,
        )

    def _replace_next(self) -> None:
        """Request the end of the next process that is to be replaced, once all others serve."""
        if self._to_replace and all(sibling.is_ready and sibling.kill_at is None for sibling in self._siblings):
            self._request_end(self._to_replace.popleft())

    def _request_end(self, sibling: Sibling) -> None:
        if sibling.process is not None and sibling.process.poll() is None:
            sibling.process.terminate()
            sibling.kill_at = time.monotonic() + self._grace + SPARE_SECONDS

    def _stop(self) -> None:
        for listener in self._listeners:
            listener.close()
        for sibling in self._siblings:
            self._request_end(sibling)
        for sibling in self._siblings:
            if sibling.process is not None:
                self._await_end(sibling.process, sibling.kill_at or 0.0)

    def _await_end(self, process: "subprocess.Popen[bytes]", until: float) -> None:
        try:
            process.wait(max(0.0, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def main(arguments: Sequence[str]) -> int:
    """Run the parent as `manage.py web` starts it."""
    parser = argparse.ArgumentParser(prog=COMMAND)
    parser.add_argument("--host", required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--processes", type=int, required=True)
    parser.add_argument("--grace-seconds", type=int, required=True)
    options = parser.parse_args(arguments)
    try:
        listeners = bind(options.host, options.port)
    except AddressError as error:
        _say("error", "web_process.no_address", detail=str(error))
        return 1
    command = [sys.executable, sys.argv[0], "web", "--grace-seconds", str(options.grace_seconds)]
    return Parent(listeners, count=options.processes, command=command, grace=options.grace_seconds).run()


def become(*, host: str, port: int, processes: int, grace_seconds: int) -> None:
    """Turn this process into the parent, which needs nothing of what it has loaded."""
    options = {"host": host, "port": port, "processes": processes, "grace-seconds": grace_seconds}
    words = [f"--{name}={value}" for name, value in options.items()]
    os.execv(sys.executable, [sys.executable, str(Path(sys.argv[0]).absolute()), COMMAND, *words])  # noqa: S606 - no shell


def _say(level: str, event: str, **values: object) -> None:
    """Write a line as the processes' own logs are."""
    line = {"event": event, **values, "level": level, "timestamp": datetime.now(UTC).isoformat()}
    sys.stderr.write(json.dumps(line) + "\n")
    sys.stderr.flush()
