"""How many web processes one command runs, and what each may use of what they have together."""

import os
from pathlib import Path

PROCESSES_MAX = 64
AUTO = "auto"
# Of a PostgreSQL with its default of 100 connections, what is left beside relays, workers, probes and operators.
CONNECTIONS_TOGETHER = 72
_CGROUP = Path("/sys/fs/cgroup/cpu.max")


def read_web_processes(text: str) -> int:
    """Return the number that WEB_PROCESSES requests: 1 without one, as many as there are cores for `auto`.

    Raises: ValueError, saying what is accepted.
    """
    if text == AUTO:
        return min(cores(), PROCESSES_MAX)
    count = int(text or 1) if text.isascii() and (text.isdigit() or not text) and len(text) <= 3 else 0
    if not 1 <= count <= PROCESSES_MAX:
        raise ValueError(f"WEB_PROCESSES is {text!r}. Give a number from 1 to {PROCESSES_MAX}, or {AUTO}.")
    return count


def cores() -> int:
    """Return how many cores this process may use: its CPU set, and a container's quota rounded up."""
    found = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    try:
        quota, period = _CGROUP.read_text().split()
        return max(1, min(found, -(-int(quota) // int(period))))
    except (OSError, ValueError):
        # No container, or one without a quota ("max").
        return found


def connections_each(processes: int) -> int:
    """Return the connections to PostgreSQL that each of so many processes may open by default."""
    return max(6, min(24, CONNECTIONS_TOGETHER // processes))


def threads_each(processes: int) -> int:
    """Return the threads of each by default; what has threads of its own needs the rest of the connections."""
    return connections_each(processes) * 2 // 3
