"""Of the threads that want the same at once, one makes it and the others take its result."""

import threading
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from apps.core.database.budgets import at_most, current_budget

T = TypeVar("T")
# Then a waiting thread makes it itself; requests wait for as long as their budget lasts, at most.
WAIT_SECONDS_MAX = 2.0


class _Flight(Generic[T]):
    __slots__ = ("is_over", "result")

    def __init__(self) -> None:
        self.is_over = threading.Event()
        # None while it is under way, and when there is nothing to share.
        self.result: T | None = None

    def wait(self) -> T | None:
        """Return the result, if there is one to share in time; the wait is charged to the thread's budget."""
        budget = current_budget()
        if budget is None:
            self.is_over.wait(WAIT_SECONDS_MAX)
        else:
            with at_most(budget, WAIT_SECONDS_MAX):
                self.is_over.wait(max(0.0, budget.seconds_left))
        return self.result


class SingleFlight(Generic[T]):
    """What is being made by this process; `is_shareable` judges what was made."""

    def __init__(self, is_shareable: Callable[[T], bool]) -> None:
        self._is_shareable = is_shareable
        self._flights: dict[Hashable, _Flight[T]] = {}

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return what `make` returns, or returned to another thread that began with this key and is not done.

        When that fails, takes too long or is not for sharing, this thread makes it as well.
        """
        mine: _Flight[T] = _Flight()
        # One step, also between threads.
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
