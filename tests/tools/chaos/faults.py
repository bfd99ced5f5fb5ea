"""What is done to a running stack: kill -9 and freezing of one of its processes, and emptying Redis."""

import os
import random
import signal
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import redis

from tests.supervised import Stack

FLUSH = "flushall"
# One of several web processes; "web" is their parent, with which all of them go.
WEB_PROCESS = "web-process"


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that happens `at` seconds after the load began: what its name says, or its own `act`."""

    at: float
    name: str
    act: Callable[[Stack], bool] | None = None

    def strike(self, stack: Stack) -> bool:
        """Do it, and return whether it hit: a process may be down at the moment already."""
        if self.act is not None:
            return self.act(stack)
        if self.name == FLUSH:
            return _flush(stack)
        pid = _pid_of(self.name, stack)
        if pid is None or not _is_ours(pid, stack):
            return False
        os.kill(pid, signal.SIGKILL)
        return True


def freeze(name: str, at: float, *, seconds: float) -> list[Fault]:
    """Return what stops a process and its children in the middle of whatever they do, and lets them go on later."""
    stop, go_on = partial(_signal_all, name, signal.SIGSTOP), partial(_signal_all, name, signal.SIGCONT)
    return [Fault(at, name, stop), Fault(at + seconds, name, go_on)]


def random_faults(names: Sequence[str], seconds: float, *, every: float, seed: int) -> list[Fault]:
    """Return faults at random moments, `every` seconds on average; each name comes as often as the others."""
    dice = random.Random(seed)
    count = max(len(names), int(seconds / every))
    order = [name for _ in range(count // len(names) + 1) for name in dice.sample(list(names), len(names))][:count]
    # The last tenth stays quiet, so that retries of what failed are part of the stream.
    moments = sorted(dice.uniform(0.5, seconds * 0.9) for _ in order)
    return [Fault(at, name) for at, name in zip(moments, order, strict=True)]


def schedule(faults: Sequence[Fault], stack: Stack, call_at: Callable[[float, Callable[[], None]], None]) -> list[str]:
    """Have each fault strike in its time, in seconds from now; return the list of those that hit, as it fills."""
    hits: list[str] = []

    def strike(fault: Fault) -> None:
        if fault.strike(stack):
            hits.append(fault.name)

    for fault in faults:
        call_at(fault.at, partial(strike, fault))
    return hits


def _signal_all(name: str, number: signal.Signals, stack: Stack) -> bool:
    pid = stack.pids.get(name)
    if pid is None or not _is_ours(pid, stack):
        return False
    for member in _family(pid):
        with suppress(ProcessLookupError):
            os.kill(member, number)
    return True


def _pid_of(name: str, stack: Stack) -> int | None:
    if name != WEB_PROCESS:
        return stack.pids.get(name)
    _, *processes = _family(stack.pids["web"]) if "web" in stack.pids else [0]
    return random.choice(processes) if processes else None


def _family(pid: int) -> list[int]:
    """Return a process and its children, itself first."""
    parents = {}
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            parents[int(process.name)] = int((process / "stat").read_text().rpartition(")")[2].split()[1])
    return [pid, *(child for child, parent in parents.items() if parent == pid)]


def _is_ours(pid: int, stack: Stack) -> bool:
    """Return whether the number still belongs to a process of the stack, and not to whoever got it afterwards."""
    process = Path(f"/proc/{pid}")
    try:
        # Valkey writes its title over its command line and environment, but works in its folder.
        folder, environment = str((process / "cwd").readlink()), (process / "environ").read_bytes()
    except OSError:
        return False
    return folder.startswith(str(stack.home)) or str(stack.home).encode() in environment


def _flush(stack: Stack) -> bool:
    client = redis.Redis.from_url(stack.redis_url, socket_timeout=2, socket_connect_timeout=2)
    try:
        return bool(client.flushall())
    except redis.RedisError:
        return False
    finally:
        client.close()
