"""What each part of the stack spends on a request: on a busy machine a steadier figure than any rate."""

import os
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


def seconds_used(pids: Mapping[str, int]) -> dict[str, float]:
    """Return the CPU seconds each part has used so far, its child processes included; only on Linux."""
    children = _children()
    return {name: sum(_ticks(item) for item in _tree(pid, children)) / TICKS_PER_SECOND for name, pid in pids.items()}


def per_request(before: Mapping[str, float], after: Mapping[str, float], requests: int) -> dict[str, int]:
    """Return CPU microseconds a request for every part that used any."""
    used = {name: round((after[name] - before[name]) * 1e6 / requests) for name in before.keys() & after.keys()}
    return {name: used[name] for name in sorted(used) if used[name] > 0}


def _children() -> dict[int, list[int]]:
    children: dict[int, list[int]] = defaultdict(list)
    for path in Path("/proc").glob("[0-9]*"):
        fields = _fields(int(path.name))
        if fields:
            children[int(fields[1])].append(int(path.name))
    return children


def _tree(pid: int, children: Mapping[int, list[int]]) -> list[int]:
    found = [pid]
    for child in children.get(pid, []):
        found += _tree(child, children)
    return found


def _ticks(pid: int) -> int:
    """Return user and system time, that of children who have ended included."""
    fields = _fields(pid)
    return sum(map(int, fields[11:15])) if fields else 0


def _fields(pid: int) -> list[str]:
    """Return what /proc says of a process, from its state on."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    except OSError:
        return []
