"""The running children: started, watched, restarted with growing delays, stopped together."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

from apps.core.web_processes.restarts import WELL_SECONDS, cause_of, delay_after
from apps.local.embedded.server import EmbeddedServerError
from apps.local.orphan_reaper import OrphanReaper
from apps.local.programs import POLL_SECONDS, Program, kill_and_reap, last_lines, open_log, spawn, stop
from apps.local.supervisor.console import DIM, RED, Console
from apps.local.supervisor.disk_watch import DiskWatch
from apps.local.supervisor.home import PROCESSES, Home


class Stopped(BaseException):
    """Ctrl-C or SIGTERM arrived; not an Exception, so that nothing catches it on the way out."""


class StopRequest:
    """Records that a stop was requested. The handler raises nothing: a child must never be half-started."""

    def __init__(self) -> None:
        self.is_made = False

    def listen(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._receive)

    def _receive(self, *_: object) -> None:
        self.is_made = True


@dataclass(slots=True)
class Child:
    """One part of Laurel. `make` is called before every start and may repair what a crash left behind."""

    name: str
    make: Callable[[], Program]
    program: Program | None = None
    process: "subprocess.Popen[bytes] | None" = None
    deaths: int = 0
    started_at: float = 0.0
    restart_at: float | None = None
    # Where the current run begins in its log.
    log_offset: int = 0


class Fleet:
    def __init__(self, home: Home, console: Console, reaper: OrphanReaper, stop_request: StopRequest) -> None:
        self._home, self._console, self._reaper, self._stop_request = home, console, reaper, stop_request
        self._children: list[Child] = []
        self._disk = DiskWatch(home.path, console)
        self._is_written = True

    def start(self, child: Child) -> None:
        """Start a child and keep it running. Raises: EmbeddedServerError when it can't be prepared."""
        self._launch(child)
        self._children.append(child)
        self._write_processes()

    def tend(self) -> None:
        """Detect exited children, and restart those whose delay is over."""
        if self._disk.has_come_back():
            self._hurry()
        if not self._is_written:
            self._write_processes()
        for child in self._children:
            if child.process is not None and child.process.poll() is not None:
                self._bury(child, child.process)
            elif child.restart_at is not None and time.monotonic() >= child.restart_at:
                self._revive(child)

    def wait_until(self, is_so: Callable[[], bool], pause: float = POLL_SECONDS) -> None:
        """Tend the fleet until the condition holds, however long that takes. Raises: Stopped."""
        while not is_so():
            if self._stop_request.is_made:
                raise Stopped
            self.tend()
            time.sleep(pause)

    def run_once(self, program: Program) -> int:
        """Run a program to completion with our output; return its status. Raises: Stopped, after ending the program."""
        process = spawn(program, sys.stdout.buffer, self._reaper)
        try:
            self.wait_until(lambda: process.poll() is not None)
        finally:
            kill_and_reap(process, self._reaper)
        return process.returncode

    def stop(self, children: list[Child], seconds: float) -> None:
        """Stop these children together, and drop them."""
        running = [(child.program, child.process) for child in children if child.program and child.process]
        stop(running, self._reaper, seconds)
        self._children = [child for child in self._children if child not in children]

    def last_words(self, child: Child, count: int) -> list[str]:
        """Return the end of a child's output in its current or latest run."""
        return last_lines(self._home.log(child.name), count, since=child.log_offset)

    def _launch(self, child: Child) -> None:
        child.restart_at = None
        child.program = child.make()
        with open_log(self._home.log(child.name)) as output:
            child.log_offset = output.seek(0, os.SEEK_END)
            child.process = spawn(child.program, output, self._reaper)
        child.started_at = time.monotonic()

    def _bury(self, child: Child, process: "subprocess.Popen[bytes]") -> None:
        # Its own children, such as a worker's pool, must be gone before it restarts.
        kill_and_reap(process, self._reaper)
        child.process = None
        self._postpone(child, f"{child.name} ended ({cause_of(process.returncode)})")

    def _revive(self, child: Child) -> None:
        try:
            self._launch(child)
        except (EmbeddedServerError, OSError) as error:
            self._postpone(child, f"{child.name} can't start: {error}")
        self._write_processes()

    def _postpone(self, child: Child, what: str) -> None:
        if time.monotonic() - child.started_at > WELL_SECONDS:
            child.deaths = 0
        delay = delay_after(child.deaths)
        child.deaths += 1
        child.restart_at = time.monotonic() + delay
        self._write_processes()
        self._console.say(f"  {self._console.paint(RED, what)}, starting it again in {delay:g} s")
        for line in self.last_words(child, 5):
            self._console.say(self._console.paint(DIM, f"    {line}"))

    def _hurry(self) -> None:
        """Restart all waiting children at once, as if they had never died."""
        for child in self._children:
            if child.restart_at is not None:
                child.deaths, child.restart_at = 0, time.monotonic()

    def _write_processes(self) -> None:
        """Write the list of processes for others to read. On a full disk the old list stays, and it is retried."""
        try:
            self._home.write(PROCESSES, {c.name: c.process.pid for c in self._children if c.process})
        except OSError:
            self._is_written = False
        else:
            self._is_written = True
