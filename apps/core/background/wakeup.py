"""Writes to Redis that a request leaves to a thread beside it: waking the relay, filling caches.

Callers hand these functions to transaction.on_commit; they know of no transaction.

All of it is best effort: the relay looks for events every half second anyway, and an unfilled cache is only slower.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from functools import partial

from apps.core.redis.cache_versions import EpochChange, VersionChange
from apps.core.redis.client import Client, Pipeline, PubSub, RedisError, RedisUnavailableError, client, run_with_breaker

CHANNEL = "relay:wake"
# Requests within this interval share one pipeline.
COALESCE_SECONDS = 0.01
PIPELINE_MAX = 500
# Writes queued while Redis is slow; beyond, the oldest are dropped.
WAITING_MAX = 10_000
# After a failure, until it is found out whether Redis is back, where the epoch must change then.
RETRY_SECONDS = 0.1

Write = Callable[[Pipeline], object]


class _BackgroundWriter:
    """A daemon thread that sends one pipeline every COALESCE_SECONDS, however many requests write."""

    def __init__(self) -> None:
        self._writes: deque[Write] = deque()
        self._wanted = threading.Event()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def wake_relay(self, *writes: Write) -> None:
        """Wake the relay soon, and send the writes in the same round trip."""
        self._writes.extend(writes)
        if self._thread is None or not self._thread.is_alive():
            self._start()
        self._wanted.set()

    def _start(self) -> None:
        with self._lock:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="redis-writer", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while True:
            self._wanted.wait()
            self._wanted.clear()
            writes = self._next_writes(PIPELINE_MAX)
            try:
                run_with_breaker(partial(_send, writes))
            except RedisUnavailableError:
                self._drop([*writes, *self._next_writes(WAITING_MAX)])
            else:
                self._drop(self._next_writes(len(self._writes) - WAITING_MAX))
                if self._writes:
                    self._wanted.set()
            time.sleep(COALESCE_SECONDS)

    def _next_writes(self, count_max: int) -> list[Write]:
        return [self._writes.popleft() for _ in range(min(len(self._writes), count_max))]

    def _drop(self, writes: Sequence[Write]) -> None:
        """Drop writes; of changes of versions this remains: whatever has versions is out of date."""
        changes = [write for write in writes if isinstance(write, VersionChange)]
        if changes:
            self._writes.append(EpochChange())
            for change in changes:
                change.drop()
            time.sleep(RETRY_SECONDS)
            self._wanted.set()


def _send(writes: Sequence[Write], redis: Client) -> None:
    pipeline = redis.pipeline(transaction=False)
    pipeline.publish(CHANNEL, b"")
    for write in writes:
        write(pipeline)
    pipeline.execute()
    for write in writes:
        if isinstance(write, VersionChange):
            write.note_sent()


# Woken for nothing, after writes without an event in the outbox, a relay makes one query and waits on.
wake_relay = _BackgroundWriter().wake_relay


class WakeListener:
    """Waits for a wake-up, or for as long as the relay allows when Redis is down."""

    def __init__(self) -> None:
        self._pubsub: PubSub | None = None

    def wait(self, seconds: float) -> None:
        """Return when woken, and after `seconds` at the latest."""
        try:
            if self._pubsub is None:
                self._pubsub = client().pubsub()
                self._pubsub.subscribe(CHANNEL)
            _drain(self._pubsub, seconds)
        except (RedisError, OSError):
            self._pubsub = None
            time.sleep(min(seconds, 0.2))


def _drain(pubsub: PubSub, seconds: float) -> None:
    message = pubsub.get_message(timeout=seconds)
    while message:
        message = pubsub.get_message(timeout=0)
