"""Work queues: work that lies in a table until it is due, done in chunks by any worker.

The table is the truth. A message to a worker (dispatcher.py) only says that a queue has work; when no message gets
through, because the broker or every worker is down, the relay does late work itself. A chunk claims its rows as
claims.py describes, so any number of workers may run at once and be killed.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from apps.core.clock import now
from apps.core.redis import client as redis

# A worker's run takes no more chunks after this time, below its soft limit of 45 s.
RUN_SECONDS = 30.0
# A message that no worker has begun by then is sent again.
ENQUEUED_SECONDS = 5
# Work due for this long was missed by the workers.
LATE = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class WorkQueue:
    """A kind of work, and the Celery queue whose workers do it.

    `work` does one chunk and returns how many rows it took, 0 when none is due. `waiting_since` returns since when the
    oldest row is due, None when none is; it is called four times a second, so an index must answer it.
    """

    name: str
    queue: str
    work: Callable[[], int]
    waiting_since: Callable[[], datetime | None]


_work_queues: dict[str, WorkQueue] = {}


def work_queue(
    *, name: str, queue: str, waiting_since: Callable[[], datetime | None]
) -> Callable[[Callable[[], int]], WorkQueue]:
    """Register a function that processes one chunk."""

    def register(work: Callable[[], int]) -> WorkQueue:
        made = WorkQueue(name, queue, work, waiting_since)
        if _work_queues.setdefault(name, made) is not made:
            raise ValueError(f"Two work queues are named {name}.")
        return made

    return register


def all_work_queues() -> list[WorkQueue]:
    return sorted(_work_queues.values(), key=lambda item: item.name)


def find_work_queue(name: str) -> WorkQueue:
    """Return the work queue with this name. Raises: KeyError."""
    return _work_queues[name]


def drain(queue: WorkQueue, *, seconds: float = RUN_SECONDS) -> bool:
    """Process chunks until nothing is due, or for about `seconds`; return whether nothing is left."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if not queue.work():
            return True
    return False


def oldest_waiting_seconds() -> dict[str, float]:
    """Return for each work queue how long its oldest due row has waited, 0 for none."""
    moment = now()
    sinces = {queue.name: queue.waiting_since() for queue in all_work_queues()}
    return {name: max(0.0, (moment - since).total_seconds()) if since else 0.0 for name, since in sinces.items()}


def mark_enqueued(name: str) -> bool:
    """Return whether to send a message, because none is on its way to a worker. Always true without Redis."""
    try:
        return bool(
            redis.run_with_breaker(lambda client: client.set(_enqueued_key(name), 1, nx=True, ex=ENQUEUED_SECONDS))
        )
    except redis.RedisUnavailableError:
        return True


def clear_enqueued(name: str) -> None:
    """Let the next message be sent: a worker has begun, and may miss what is committed from now on."""
    with suppress(redis.RedisUnavailableError):
        redis.run_with_breaker(lambda client: client.delete(_enqueued_key(name)))


def _enqueued_key(name: str) -> str:
    return f"enqueued:{name}"
