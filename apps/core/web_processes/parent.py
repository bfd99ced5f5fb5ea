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
# How a process ends that was asked to.
_ASKED = {0, -signal.SIGTERM, -signal.SIGINT}


@dataclass(slots=True)
class Slot:
    """One of the processes, started anew as often as it ends."""

    number: int
    process: "subprocess.Popen[bytes] | None" = None
    line: socket.socket | None = None
    is_ready: bool = False
    deaths: int = 0
    started_at: float = 0.0
    start_at: float = 0.0
    # When a process that was asked to end is killed.
    kill_at: float | None = None


class Parent:
    """Keeps `count` web processes running until SIGTERM or SIGINT; SIGHUP replaces them one after the other."""

    def __init__(self, listeners: Sequence[socket.socket], *, count: int, command: Sequence[str], grace: float) -> None:
        self._listeners, self._count, self._command, self._grace = listeners, count, command, grace
        self._file: IO[bytes] = shared_file(count)
        self._memory = SharedMemory(self._file.fileno(), count)
        self._slots = [Slot(number) for number in range(1, count + 1)]
        self._to_replace: deque[Slot] = deque()
        self._is_stopping = False
        # Before any process has served, one that ends means that none can.
        self._has_served = False

    def run(self) -> int:
        """Run until a signal; return the exit status, 1 where the first processes could not start."""
        self._listen_to_signals()
        is_well = True
        while is_well and not self._is_stopping:
            is_well = all(self._tend(slot) for slot in self._slots)
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
        self._to_replace.extend(slot for slot in self._slots if slot not in self._to_replace)

    def _tend(self, slot: Slot) -> bool:
        """Start, watch or bury a slot's process; return whether to go on."""
        if slot.process is None:
            if time.monotonic() >= slot.start_at:
                self._start(slot)
            return True
        if slot.process.poll() is not None:
            self._bury(slot, slot.process.returncode)
            return self._has_served
        if slot.kill_at is not None and time.monotonic() > slot.kill_at:
            slot.process.kill()
        self._hear(slot)
        return True

    def _start(self, slot: Slot) -> None:
        slot.line, theirs = socket.socketpair()
        slot.line.setblocking(False)
        listeners = tuple(listener.fileno() for listener in self._listeners)
        place = Place(slot.number, self._count, listeners, self._file.fileno(), theirs.fileno())
        with theirs:
            slot.process = subprocess.Popen(
                self._command,
                env=os.environ | place.environment(),
                stdin=subprocess.DEVNULL,
                pass_fds=place.descriptors(),
            )
        slot.started_at, slot.is_ready, slot.kill_at = time.monotonic(), False, None

    def _hear(self, slot: Slot) -> None:
        if slot.is_ready or slot.line is None:
            return
        with suppress(BlockingIOError):
            slot.is_ready = slot.line.recv(1) == READY
        if slot.is_ready:
            self._has_served = True
            _say("info", "web_process.ready", process=slot.number)

    def _bury(self, slot: Slot, status: int) -> None:
        self._memory.clear(slot.number)
        if slot.line is not None:
            slot.line.close()
        slot.process, slot.is_ready = None, False
        lived = time.monotonic() - slot.started_at
        if status in _ASKED:
            slot.deaths, delay = 0, 0.0
        else:
            slot.deaths = 0 if lived > WELL_SECONDS else slot.deaths
            delay = delay_after(slot.deaths)
            slot.deaths += 1
        slot.start_at = time.monotonic() + delay
        level = "info" if status in _ASKED else "warning"
        _say(
            level,
            "web_process.ended",
            process=slot.number,
            cause=cause_of(status),
            lived_seconds=round(lived, 1),
            delay=delay,
        )

    def _replace_next(self) -> None:
        """Ask the next process to end that is to be replaced, once all others serve."""
        if self._to_replace and all(slot.is_ready and slot.kill_at is None for slot in self._slots):
            self._ask_to_end(self._to_replace.popleft())

    def _ask_to_end(self, slot: Slot) -> None:
        if slot.process is not None and slot.process.poll() is None:
            slot.process.terminate()
            slot.kill_at = time.monotonic() + self._grace + SPARE_SECONDS

    def _stop(self) -> None:
        for listener in self._listeners:
            listener.close()
        for slot in self._slots:
            self._ask_to_end(slot)
        for slot in self._slots:
            if slot.process is not None:
                self._await_end(slot.process, slot.kill_at or 0.0)

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
