"""psycopg's connection, whose waits end with the budget of who waits."""

from time import monotonic
from typing import Any, TypeVar

import psycopg
from psycopg.abc import PQGen
from psycopg.pq import TransactionStatus

from apps.core.database.budgets import Budget, current_budget
from apps.core.database.lookout import lookout

T = TypeVar("T")


class BoundedConnection(psycopg.Connection[Any]):
    """Raises OperationalError, and is closed, when an answer takes longer than the budget has left."""

    def wait(self, gen: PQGen[T], interval: float = 0.1, timeout: float | None = None) -> T:
        budget = current_budget()
        return super().wait(gen, interval, timeout) if budget is None else self._wait(gen, interval, budget)

    def _wait(self, gen: PQGen[T], interval: float, budget: Budget) -> T:
        began_at = monotonic()
        try:
            return super().wait(gen, interval, max(0.0, budget.seconds_left))
        except psycopg.OperationalError:
            if self.pgconn.transaction_status == TransactionStatus.ACTIVE:
                # Given up in the middle of a statement, whose answer must not be taken for the next one's.
                self.pgconn.finish()
            if self.closed:
                lookout.doubt()
            raise
        finally:
            budget.seconds_left -= monotonic() - began_at
