"""A circuit breaker: after repeated failures a dependency is left alone for a while.

pybreaker holds one lock for the whole of every call, which makes the threads of a web process take turns at Redis.
"""

import threading
import time
from collections.abc import Callable
from typing import Literal, TypeVar

T = TypeVar("T")


class BreakerOpenError(Exception):
    """The dependency failed too often lately and is not asked now."""


class Breaker:
    """Opens after `failures_max` failures in a row; lets one call through again after `reset_seconds`."""

    def __init__(self, name: str, *, failures_max: int = 5, reset_seconds: float = 60.0) -> None:
        self.name = name
        self.failures_max = failures_max
        self.reset_seconds = reset_seconds
        self._failures = 0
        self._retry_at = 0.0
        self._lock = threading.Lock()

    @property
    def state(self) -> Literal["closed", "open", "half-open"]:
        if self._failures < self.failures_max:
            return "closed"
        return "open" if time.monotonic() < self._retry_at else "half-open"

    def call(self, operation: Callable[[], T], *, failures: tuple[type[Exception], ...]) -> T:
        """Run the operation; count the named exceptions as failures and let all exceptions through.

        Raises: BreakerOpenError without running it while the breaker is open.
        """
        self._admit()
        try:
            result = operation()
        except failures:
            self._count_failure()
            raise
        self._failures = 0
        return result

    def reset(self) -> None:
        self._failures = 0

    def _admit(self) -> None:
        if self._failures < self.failures_max:
            return
        with self._lock:
            if time.monotonic() < self._retry_at:
                raise BreakerOpenError(self.name)
            # This caller is the trial; the others wait for its outcome.
            self._retry_at = time.monotonic() + self.reset_seconds

    def _count_failure(self) -> None:
        with self._lock:
            self._failures += 1
            if self._failures >= self.failures_max:
                self._retry_at = time.monotonic() + self.reset_seconds
