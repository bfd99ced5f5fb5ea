"""Whether PostgreSQL is available, as far as this process knows.

A lost connection or an expired wait makes the server suspect, which nobody waits for: a thread checks it with a new
connection. If that fails the server counts as down, requests are refused at once, and the thread retries after pauses
of 1, 2, 2, ... seconds.
"""

import threading
import time
from collections.abc import Callable
from typing import Protocol

import structlog
from django.db.utils import OperationalError

from apps.core.circuit_breakers import Breaker

log = structlog.get_logger(__name__)

# Requests wait for the first probe; later ones may take longer, and so succeed when a frozen server thaws.
FIRST_PROBE_SECONDS = 2
PROBE_SECONDS = 10
# A server that has just come back has cold caches and a backlog.
RECOVERY_SECONDS = 10.0


class DatabaseServer(Protocol):
    """A PostgreSQL server, with pooled connections."""

    def probe(self, seconds: int) -> None:
        """Connect and check the server. Raises: after so many seconds without a response."""

    def check_connections(self) -> None:
        """Check pooled connections, and replace dead ones; create some when there are none."""

    def drop_connections(self) -> None:
        """Close all connections."""


class DatabaseUnavailableError(OperationalError):
    """PostgreSQL is known to be down and is not called."""


class FailureDetector:
    """This process's knowledge of PostgreSQL; for callers with a budget, as others wait in their own ways."""

    def __init__(self) -> None:
        self.breaker = Breaker("database")
        self._thread: threading.Thread | None = None
        self._unreliable_until = 0.0
        self._lock = threading.Lock()
        self._server: Callable[[], DatabaseServer] | None = None

    def watch(self, server: Callable[[], DatabaseServer]) -> None:
        """Set the server to check; the callable returns one that belongs to the calling thread."""
        self._server = server

    @property
    def is_down(self) -> bool:
        return self.breaker.state != "closed"

    @property
    def is_suspected(self) -> bool:
        """Whether the server is down, or being checked."""
        return self._thread is not None

    @property
    def was_down_lately(self) -> bool:
        """Whether the server is down, or has just come back."""
        return self.is_down or time.monotonic() < self._unreliable_until

    @property
    def is_unreliable(self) -> bool:
        """Whether cached data is better than a slow query."""
        return self.is_suspected or self.was_down_lately

    def require(self, *, surely: bool) -> None:
        """Raises: DatabaseUnavailableError while PostgreSQL is down; with `surely`, also while it is suspected."""
        if self.is_down or (surely and self.is_suspected):
            raise DatabaseUnavailableError("PostgreSQL does not answer; its breaker is open, or about to be.")

    def suspect(self) -> None:
        """Start a check of the server."""
        with self._lock:
            if self._thread is None and self._server is not None:
                self._thread = threading.Thread(
                    target=self._find_out, args=[self._server], name="failure-detector", daemon=True
                )
                self._thread.start()

    def wait(self) -> None:
        """Return when the check is done; for tests."""
        thread = self._thread
        if thread is not None:
            thread.join()

    def clear_outage(self) -> None:
        """Clear an outage; for tests."""
        self._unreliable_until = 0.0

    def _find_out(self, find_server: Callable[[], DatabaseServer]) -> None:
        server, seconds = find_server(), FIRST_PROBE_SECONDS
        while not _is_there(server, seconds):
            self._note_loss(server)
            time.sleep(self.breaker.seconds_to_trial)
            seconds = PROBE_SECONDS
        with self._lock:
            self._thread = None
            if self.is_down:
                self._unreliable_until = time.monotonic() + RECOVERY_SECONDS
                self.breaker.reset()
                log.info("database.back")

    def _note_loss(self, server: DatabaseServer) -> None:
        was_down = self.is_down
        self.breaker.trip()
        if not was_down:
            log.warning("database.down")
            # After the breaker has opened, or they would be re-created.
            server.drop_connections()


def _is_there(server: DatabaseServer, seconds: int) -> bool:
    try:
        server.probe(seconds)
        # One lost connection may not be the only one.
        server.check_connections()
    except Exception as error:  # noqa: BLE001 - the thread must keep retrying
        log.info("database.probe_failed", error=str(error)[:200])
        return False
    return True


failure_detector = FailureDetector()
