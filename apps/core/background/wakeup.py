"""Writes to Redis that a request leaves to a thread beside it: waking the relay, filling caches.

Callers hand these functions to transaction.on_commit; they know of no transaction.

All of it is best effort: the relay looks for events every half second anyway, and an unfilled cache is only slower.
"""

import threading
import time
from collections import deque
from collections.abc import Callable

from apps.core.redis.client import Client, Pipeline, PubSub, RedisError, RedisUnavailableError, client, run_with_breaker

CHANNEL = "relay:wake"
# Requests within this interval share one pipeline.
COALESCE_SECONDS = 0.01
PIPELINE_MAX = 500
# Writes queued while Redis is down; the oldest are dropped first.
WAITING_MAX = 10_000


class _BackgroundWriter:
    """A daemon thread that sends one pipeline every COALESCE_SECONDS, however many requests write."""

    def __init__(self) -> None:
        self._writes: deque[Callable[[Pipeline], object]] = deque(maxlen=WAITING_MAX)
        self._wanted = threading.Event()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def wake_relay(self, *writes: Callable[[Pipeline], object]) -> None:
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
            try:
                run_with_breaker(self._send)
            except RedisUnavailableError:
                self._writes.clear()
            time.sleep(COALESCE_SECONDS)

    def _send(self, redis: Client) -> None:
        pipeline = redis.pipeline(transaction=False)
        pipeline.publish(CHANNEL, b"")
        for _ in range(min(len(self._writes), PIPELINE_MAX)):
            self._writes.popleft()(pipeline)
        pipeline.execute()
        if self._writes:
            self._wanted.set()


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
