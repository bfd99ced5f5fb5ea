"""The relay as a process: runs steps while there is work, waits when there is none, and stops on request."""

import random
import threading
import time

import structlog
from django.db import close_old_connections, connection
from django.db.utils import Error as DatabaseError

from apps.core.background import relay
from apps.core.background.wakeup import WakeListener

log = structlog.get_logger(__name__)

# The longest delay after a lost wake-up.
SWEEP_SECONDS = 0.5
# Steps begin at least so far apart unless batches are full: at 500 unlocks a second ten share a step, which costs
# little more than one alone, and a socket gets its unlock 10 ms later on average.
COALESCE_SECONDS = 0.02
RETRY_SECONDS_MIN, RETRY_SECONDS_MAX = 0.1, 5.0
# A periodic task releases what it has claimed, such as a rebuild, within one chunk.
PERIODIC_STOP_SECONDS = 2.0


class RelayLoop:
    """Runs steps until `stop`; one per process, several processes side by side."""

    def __init__(self) -> None:
        self._stopping = threading.Event()
        self._batch_size = relay.BatchSizeController()
        self._listener = WakeListener()
        self._retry_seconds = 0.0

    def stop(self) -> None:
        """Let `run` return after the current step."""
        relay.stopping.set()
        self._stopping.set()

    def run(self) -> None:
        """Carry out events until stopped; outages of PostgreSQL are waited out."""
        threads = [threading.Thread(target=self._repeat, args=[task], daemon=True) for task in relay.periodic_tasks]
        for thread in threads:
            thread.start()
        log.info("relay.started")
        try:
            while not self._stopping.is_set():
                self._advance()
        finally:
            self.stop()
            connection.close()
            deadline = time.monotonic() + PERIODIC_STOP_SECONDS
            for thread in threads:
                thread.join(max(0.0, deadline - time.monotonic()))
            relay.stopping.clear()
            log.info("relay.stopped")

    def _advance(self) -> None:
        began_at = time.monotonic()
        try:
            limit = self._batch_size.limit
            claimed = self._batch_size.run()
        except DatabaseError as error:
            self._back_off(error)
            return
        if self._retry_seconds:
            log.info("relay.database_back")
            self._retry_seconds = 0.0
        if claimed < limit:
            if claimed:
                self._stopping.wait(max(0.0, began_at + COALESCE_SECONDS - time.monotonic()))
            self._listener.wait(SWEEP_SECONDS)

    def _back_off(self, error: Exception) -> None:
        """Close the connection and wait, longer each time and jittered, so that relays don't reconnect all at once."""
        self._retry_seconds = min(max(self._retry_seconds * 2, RETRY_SECONDS_MIN), RETRY_SECONDS_MAX)
        log.warning("relay.database_down", error=str(error)[:200], retry_seconds=self._retry_seconds)
        connection.close()
        self._stopping.wait(self._retry_seconds * random.uniform(0.5, 1.0))  # noqa: S311 - no secret

    def _repeat(self, task: relay.PeriodicTask) -> None:
        while not self._stopping.wait(task.seconds):
            try:
                task.run()
            except Exception:
                log.exception("relay.periodic_task_failed", task=task.name)
            finally:
                close_old_connections()
