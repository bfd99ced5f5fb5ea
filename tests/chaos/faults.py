"""What is done to a running stack: kill -9 of one of its processes, and emptying Redis."""

import os
import random
import signal
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import redis

from tests.supervised import Stack

FLUSH = "flushall"


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that happens `at` seconds after the load began."""

    at: float
    name: str

    def strike(self, stack: Stack) -> None:
        """Do it. A process that is down at the moment is left alone."""
        if self.name == FLUSH:
            _flush(stack)
        elif (pid := stack.pids.get(self.name)) is not None and _is_ours(pid, stack):
            os.kill(pid, signal.SIGKILL)


def random_faults(names: Sequence[str], seconds: float, *, every: float, seed: int) -> list[Fault]:
    """Return faults at random moments, `every` seconds on average; each name comes as often as the others."""
    dice = random.Random(seed)
    count = max(len(names), int(seconds / every))
    order = [name for _ in range(count // len(names) + 1) for name in dice.sample(list(names), len(names))][:count]
    # The last tenth stays quiet, so that retries of what failed are part of the stream.
    moments = sorted(dice.uniform(0.5, seconds * 0.9) for _ in order)
    return [Fault(at, name) for at, name in zip(moments, order, strict=True)]


def schedule(faults: Sequence[Fault], stack: Stack, call_at: Callable[[float, Callable[[], None]], None]) -> None:
    """Have each fault strike in its time; `call_at` takes seconds from the beginning."""
    for fault in faults:
        call_at(fault.at, lambda fault=fault: fault.strike(stack))  # type: ignore[misc]


def _is_ours(pid: int, stack: Stack) -> bool:
    """Return whether the number still belongs to a process of the stack, and not to whoever got it afterwards."""
    try:
        process = Path(f"/proc/{pid}")
        about = (process / "cmdline").read_bytes() + (process / "environ").read_bytes()
    except OSError:
        return False
    return str(stack.home).encode() in about


def _flush(stack: Stack) -> None:
    client = redis.Redis.from_url(stack.redis_url, socket_timeout=2, socket_connect_timeout=2)
    try:
        client.flushall()
    except redis.RedisError:
        return
    finally:
        client.close()
