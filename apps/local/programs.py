"""Child processes: their definition, their start in a process group of their own, and stopping the group."""

import os
import signal
import subprocess
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from apps.local.orphan_reaper import OrphanReaper

POLL_SECONDS = 0.02


@dataclass(frozen=True, slots=True)
class OsUser:
    """An operating system user for a program, instead of root."""

    uid: int
    gid: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A program with its exact environment; `stop_signal` requests a clean exit."""

    name: str
    command: tuple[str, ...]
    folder: Path
    environment: Mapping[str, str]
    account: OsUser | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    # Sent by the reaper when we are gone: only the database servers benefit from a clean exit.
    orphan_signal: signal.Signals = signal.SIGKILL


def open_log(path: Path) -> IO[bytes]:
    """Open a log for appending, readable by its owner only, also one from an earlier release."""
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.fchmod(descriptor, 0o600)
    return os.fdopen(descriptor, "ab")


def spawn(program: Program, output: IO[bytes], reaper: OrphanReaper) -> "subprocess.Popen[bytes]":
    """Start the program in a session of its own, so that Ctrl-C in the terminal reaches only us."""
    account = program.account
    process = subprocess.Popen(
        program.command,
        cwd=program.folder,
        env=dict(program.environment),
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
    )
    reaper.watch(process.pid, program.orphan_signal)
    return process


def stop(running: Iterable[tuple[Program, "subprocess.Popen[bytes]"]], reaper: OrphanReaper, seconds: float) -> None:
    """Signal all to exit at once, wait together, then kill the groups of those left; reap all."""
    programs = list(running)
    for program, process in programs:
        if process.poll() is None:
            process.send_signal(program.stop_signal)
    deadline = time.monotonic() + seconds
    for _, process in programs:
        with suppress(subprocess.TimeoutExpired):
            process.wait(max(0.0, deadline - time.monotonic()))
        kill_and_reap(process, reaper)


def kill_and_reap(process: "subprocess.Popen[bytes]", reaper: OrphanReaper) -> None:
    """Kill the rest of the process's group, its children included, and reap it."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    reaper.unwatch(process.pid)


def last_lines(path: Path, count: int, since: int = 0) -> list[str]:
    """Return the last lines of a log, from byte `since` on, out of its last 16 KB."""
    try:
        with path.open("rb") as file:
            file.seek(max(since, path.stat().st_size - 16384))
            return file.read().decode(errors="replace").splitlines()[-count:]
    except OSError:
        return []
