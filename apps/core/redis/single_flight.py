"""Single flight: of threads that need the same result at the same time, one computes it for all."""

import threading
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from apps.core.database.budgets import at_most, current_budget

T = TypeVar("T")
# After this a waiting thread computes it itself; requests wait no longer than their budget.
WAIT_SECONDS_MAX = 2.0


class _Flight(Generic[T]):
    __slots__ = ("is_over", "result")

    def __init__(self) -> None:
        self.is_over = threading.Event()
        # None while it is running, and when there is nothing to share.
        self.result: T | None = None

    def wait(self) -> T | None:
        """Return the shared result, if there is one in time; the wait is charged to the thread's budget."""
        budget = current_budget()
        if budget is None:
            self.is_over.wait(WAIT_SECONDS_MAX)
        else:
            with at_most(budget, WAIT_SECONDS_MAX):
                self.is_over.wait(max(0.0, budget.seconds_left))
        return self.result


class SingleFlight(Generic[T]):
    """The computations running in this process; `is_shareable` decides about their results."""

    def __init__(self, is_shareable: Callable[[T], bool]) -> None:
        self._is_shareable = is_shareable
        self._flights: dict[Hashable, _Flight[T]] = {}

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return the result of `make`, or of another thread that is running it for this key.

        When that fails, takes too long or can't be shared, this thread computes it too.
        """
        mine: _Flight[T] = _Flight()
        # Atomic, also between threads.
        first = self._flights.setdefault(key, mine)
        if first is mine:
            return self._lead(key, mine, make)
        found = first.wait()
        return make() if found is None else found

    def _lead(self, key: Hashable, flight: _Flight[T], make: Callable[[], T]) -> T:
        try:
            made = make()
            if self._is_shareable(made):
                flight.result = made
            return made
        finally:
            del self._flights[key]
            flight.is_over.set()
