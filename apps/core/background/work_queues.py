"""Backlogs: work that lies in a table until it is due, done in chunks by whoever has time.

The table is the truth. A message to a worker only says that there is something to do (core.asking); when none comes
through, because the broker or every worker is away, the relay does late work itself, where that is allowed. A chunk
claims its rows with SKIP LOCKED in one transaction with what follows from them, so it does not matter how many work at
once, or who is killed.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from apps.core.clock import now
from apps.core.redis import client as redis

# A run of the worker stops taking chunks then, below its soft limit of 45 s.
RUN_SECONDS = 30.0
# A worker that was asked and has not begun by then is asked again.
ASKED_SECONDS = 5
# Work that has been due for so long was missed by the workers.
LATE = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class Backlog:
    """A kind of work.

    `work` does one chunk and returns how many pieces that took, 0 when nothing is due. `waiting_since` tells since when
    the oldest piece is due, None when none is; it is asked four times a second, so an index must answer it.
    """

    name: str
    queue: str
    work: Callable[[], int]
    waiting_since: Callable[[], datetime | None]


_backlogs: dict[str, Backlog] = {}


def backlog(
    *, name: str, queue: str, waiting_since: Callable[[], datetime | None]
) -> Callable[[Callable[[], int]], Backlog]:
    """Register a function that does one chunk."""

    def register(work: Callable[[], int]) -> Backlog:
        made = Backlog(name, queue, work, waiting_since)
        if _backlogs.setdefault(name, made) is not made:
            raise ValueError(f"Two backlogs are named {name}.")
        return made

    return register


def all_backlogs() -> list[Backlog]:
    return sorted(_backlogs.values(), key=lambda item: item.name)


def find_backlog(name: str) -> Backlog:
    """Return the backlog with this name. Raises: KeyError."""
    return _backlogs[name]


def work_off(made: Backlog, *, seconds: float = RUN_SECONDS) -> bool:
    """Do chunks until nothing is due, or for about `seconds`; return whether nothing is left."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if not made.work():
            return True
    return False


def oldest_waiting_seconds() -> dict[str, float]:
    """Return for each backlog how long its oldest due piece has waited, 0 for none."""
    moment = now()
    sinces = {made.name: made.waiting_since() for made in all_backlogs()}
    return {name: max(0.0, (moment - since).total_seconds()) if since else 0.0 for name, since in sinces.items()}


def begin_asking(name: str) -> bool:
    """Return whether a worker is to be asked, as none has been that has not begun. Without Redis always."""
    try:
        return bool(redis.attempt(lambda client: client.set(_asked_key(name), 1, nx=True, ex=ASKED_SECONDS)))
    except redis.RedisAwayError:
        return True


def end_asking(name: str) -> None:
    """Say that a worker has begun, so that what is committed from now on is asked for again."""
    with suppress(redis.RedisAwayError):
        redis.attempt(lambda client: client.delete(_asked_key(name)))


def _asked_key(name: str) -> str:
    return f"asked:{name}"
