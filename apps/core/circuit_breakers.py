"""A circuit breaker: calls to a failed dependency are refused at once, and one at a time tests whether it is back.

pybreaker holds a lock for the whole of every call, which serialises a web process's calls to Redis.
"""

import threading
from collections.abc import Callable
from time import monotonic
from typing import Literal, TypeVar

T = TypeVar("T")

# The longest pause between two trials, as Retry-After promises: during an outage of Redis one caller of a process waits
# 100 ms every two seconds, where pauses of up to ten made everyone wait for that long after it.
PAUSE_SECONDS_MAX = 2


class BreakerOpenError(Exception):
    """The dependency is down and is not called now."""


class Breaker:
    """Opens after `failures_max` failures in a row, or a known loss; then lets one trial through after each pause.

    The first pause takes `pause_seconds_min`; each failed trial doubles it, up to `pause_seconds_max`.
    """

    def __init__(
        self,
        name: str,
        *,
        failures_max: int = 5,
        pause_seconds_min: float = 1.0,
        pause_seconds_max: float = PAUSE_SECONDS_MAX,
    ) -> None:
        self.name = name
        self.failures_max = failures_max
        self._pause_seconds_min = pause_seconds_min
        self._pause_seconds_max = pause_seconds_max
        self._failures = 0
        # 0 while closed.
        self._pause_seconds = 0.0
        self._retry_at = 0.0
        self._lock = threading.Lock()

    @property
    def state(self) -> Literal["closed", "open", "half-open"]:
        if not self._pause_seconds:
            return "closed"
        return "open" if monotonic() < self._retry_at else "half-open"

    @property
    def seconds_to_trial(self) -> float:
        """The time until the next trial; 0 while closed."""
        return max(0.0, self._retry_at - monotonic()) if self._pause_seconds else 0.0

    def call(self, operation: Callable[[], T], *, failures: tuple[type[Exception], ...]) -> T:
        """Run the operation; count the given exceptions as failures; all exceptions propagate.

        Raises: BreakerOpenError, without running it, while the breaker is open.
        """
        is_trial = self._admit()
        try:
            result = operation()
        except failures:
            self._count_failure(is_trial=is_trial)
            raise
        if self._failures or self._pause_seconds:
            self.reset()
        return result

    def trip(self) -> None:
        """Open at once, for a known loss; when open already, extend the next pause."""
        with self._lock:
            self._open()

    def reset(self) -> None:
        """Close."""
        with self._lock:
            self._failures, self._pause_seconds = 0, 0.0

    def _admit(self) -> bool:
        """Return whether this call is the trial. Raises: BreakerOpenError."""
        if not self._pause_seconds:
            return False
        with self._lock:
            if self._pause_seconds and monotonic() < self._retry_at:
                raise BreakerOpenError(self.name)
            # Others wait for its outcome.
            self._retry_at = monotonic() + self._pause_seconds
            return bool(self._pause_seconds)

    def _count_failure(self, *, is_trial: bool) -> None:
        with self._lock:
            self._failures += 1
            # Calls that were running when it opened, and fail now, count no more.
            if is_trial or (self._failures >= self.failures_max and not self._pause_seconds):
                self._open()

    def _open(self) -> None:
        self._pause_seconds = min(max(self._pause_seconds * 2, self._pause_seconds_min), self._pause_seconds_max)
        self._retry_at = monotonic() + self._pause_seconds
