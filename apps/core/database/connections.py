"""A psycopg connection whose waits end with the caller's budget."""

import select
from time import monotonic
from typing import Any, TypeVar

import psycopg
from psycopg.abc import PQGen
from psycopg.pq import TransactionStatus
from psycopg_pool import ConnectionPool

from apps.core.database.availability import failure_detector
from apps.core.database.budgets import Budget, current_budget

T = TypeVar("T")
# A server that responded this recently is not checked.
LATELY_SECONDS = 0.25


class BoundedConnection(psycopg.Connection[object]):
    """Raises OperationalError, and closes, when a response takes longer than the budget has left."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.last_response_at = monotonic()

    def is_alive(self) -> bool:
        """Whether it is usable: checked, unless the server responded recently and has not hung up."""
        if monotonic() - self.last_response_at < LATELY_SECONDS and not self._has_news():
            return True
        try:
            ConnectionPool.check_connection(self)
        except psycopg.Error:
            return False
        return True

    def wait(self, gen: PQGen[T], interval: float = 0.1, timeout: float | None = None) -> T:
        budget = current_budget()
        found = super().wait(gen, interval, timeout) if budget is None else self._wait(gen, interval, budget)
        self.last_response_at = monotonic()
        return found

    def _has_news(self) -> bool:
        """Whether unread data is waiting; on an idle connection this is its end, or a notice."""
        if self.closed:
            return True
        looking = select.poll()
        looking.register(self.fileno(), select.POLLIN)
        return bool(looking.poll(0))

    def _wait(self, gen: PQGen[T], interval: float, budget: Budget) -> T:
        began_at = monotonic()
        try:
            return super().wait(gen, interval, max(0.0, budget.seconds_left))
        except psycopg.OperationalError:
            if self.pgconn.transaction_status == TransactionStatus.ACTIVE:
                # Abandoned in the middle of a statement, whose response must not be taken for the next one's. To cancel
                # it takes a second connection to a server that may be frozen, and its response; a caller whose time is
                # over can't wait for either. So a quick attempt that runs out of time costs a connection.
                self.pgconn.finish()
            if self.closed:
                failure_detector.suspect()
            raise
        finally:
            budget.seconds_left -= monotonic() - began_at
