"""What a supervisor leaves running when it and its orphan reaper are killed together: ended by the next start."""

import signal
import subprocess
import time

from apps.local.embedded.postgres import Postgres
from apps.local.embedded.valkey import Valkey
from apps.local.orphan_reaper import end_groups, is_running
from apps.local.supervisor.console import Console
from apps.local.supervisor.home import PROCESSES, Home

# `ps` says how long a process has run in whole seconds.
CLOCK_SECONDS = 2.0
# As their programs say; all others lose nothing by SIGKILL.
_SIGNALS = {Postgres.name: signal.SIGINT, Valkey.name: signal.SIGTERM}


def end_leftovers(home: Home, console: Console) -> None:
    """End the processes that the last supervisor of this folder noted and that still run. Call with the folder held."""
    found = _leftovers(home)
    if not found:
        return
    with console.step(f"Ending what a killed Laurel left running ({', '.join(sorted(found))})"):
        end_groups({pid: _SIGNALS.get(name, signal.SIGKILL) for name, pid in found.items()})


def _leftovers(home: Home) -> dict[str, int]:
    noted = home.read(PROCESSES) or {}
    pids = {name: pid for name, pid in noted.items() if isinstance(pid, int) and is_running(pid)}
    if not pids:
        return {}
    written_at = (home.path / PROCESSES).stat().st_mtime
    # A number that was given to another process since is none of ours.
    return {name: pid for name, pid in pids.items() if _started_at(pid) <= written_at + CLOCK_SECONDS}


def _started_at(pid: int) -> float:
    """Return when a process started, in seconds since 1970; infinity for one that has gone, or where is no `ps`."""
    command = ["ps", "-o", "etime=", "-p", str(pid)]
    try:
        shown = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    except (FileNotFoundError, subprocess.CalledProcessError):
        return float("inf")
    days, _, clock = shown.strip().rpartition("-")
    seconds = 0
    for part in clock.split(":"):
        seconds = seconds * 60 + int(part)
    return time.time() - (int(days or 0) * 86400 + seconds)
