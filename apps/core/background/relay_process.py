"""The relay's life as a process: steps while there is work, waiting when there is none, until it is told to stop."""

import random
import threading
import time

import structlog
from django.db import close_old_connections, connection
from django.db.utils import Error as DatabaseError

from apps.core.background import relay
from apps.core.background.wakeup import WakeListener

log = structlog.get_logger(__name__)

# What a lost wake-up costs at most.
SWEEP_SECONDS = 0.5
# Steps are at least so far apart unless batches are full: at 500 unlocks a second ten share a step, which costs little
# more than one alone, and a socket hears of its unlock 10 ms later on average.
GATHER_SECONDS = 0.02
RETRY_SECONDS_MIN, RETRY_SECONDS_MAX = 0.1, 5.0
# A keeper gives back what it holds, such as the lease of a rebuild, in the time of one chunk.
KEEPER_STOP_SECONDS = 2.0


class RelayLoop:
    """Runs steps until `stop`; one per process, several processes beside each other."""

    def __init__(self) -> None:
        self._stopping = threading.Event()
        self._pace = relay.Pace()
        self._listener = WakeListener()
        self._retry_seconds = 0.0

    def stop(self) -> None:
        """Have `run` return after the step under way."""
        relay.stopping.set()
        self._stopping.set()

    def run(self) -> None:
        """Carry out what waits, and what comes, until told to stop. PostgreSQL may go and come back meanwhile."""
        keepers = [threading.Thread(target=self._keep, args=[keeper], daemon=True) for keeper in relay.keepers]
        for thread in keepers:
            thread.start()
        log.info("relay.started")
        try:
            while not self._stopping.is_set():
                self._advance()
        finally:
            self.stop()
            connection.close()
            deadline = time.monotonic() + KEEPER_STOP_SECONDS
            for thread in keepers:
                thread.join(max(0.0, deadline - time.monotonic()))
            relay.stopping.clear()
            log.info("relay.stopped")

    def _advance(self) -> None:
        began_at = time.monotonic()
        try:
            limit = self._pace.limit
            claimed = self._pace.run()
        except DatabaseError as error:
            self._back_off(error)
            return
        if self._retry_seconds:
            log.info("relay.database_back")
            self._retry_seconds = 0.0
        if claimed < limit:
            if claimed:
                self._stopping.wait(max(0.0, began_at + GATHER_SECONDS - time.monotonic()))
            self._listener.wait(SWEEP_SECONDS)

    def _back_off(self, error: Exception) -> None:
        """Give up the connection and wait, longer each time; relays that lost one server don't come back in step."""
        self._retry_seconds = min(max(self._retry_seconds * 2, RETRY_SECONDS_MIN), RETRY_SECONDS_MAX)
        log.warning("relay.database_away", error=str(error)[:200], retry_seconds=self._retry_seconds)
        connection.close()
        self._stopping.wait(self._retry_seconds * random.uniform(0.5, 1.0))  # noqa: S311 - no secret

    def _keep(self, keeper: relay.Keeper) -> None:
        while not self._stopping.wait(keeper.seconds):
            try:
                keeper.look()
            except Exception:
                log.exception("relay.keeper_failed", keeper=keeper.name)
            finally:
                close_old_connections()
