"""How long whoever runs in a thread may still wait for PostgreSQL, over all of their statements.

statement_timeout is the server's own limit, so a frozen server keeps none, and two statements may each use it up.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

# A request: a bit more than statement_timeout, as the server's word is better than a connection that is given up.
REQUEST_SECONDS = 5.25
# Who has something to fall back on: 20 times what a query of theirs takes, and none at all of a suspected server.
SHORT_SECONDS = 0.1
# Where a request that waited elsewhere first leaves how many seconds it has left, in its ASGI scope and WSGI environ.
SECONDS_LEFT = "laurel.database_seconds"


class Budget:
    """Seconds of waiting that are left; only waiting is charged."""

    __slots__ = ("is_short", "seconds_left")

    def __init__(self, seconds: float) -> None:
        self.seconds_left = seconds
        self.is_short = seconds <= SHORT_SECONDS


class _Thread(threading.local):
    budget: Budget | None = None


_thread = _Thread()


def current_budget() -> Budget | None:
    """Return this thread's budget; None for relays, workers and commands, which wait as long as it takes."""
    return _thread.budget


@contextmanager
def spending(seconds: float) -> Iterator[None]:
    """Let what runs inside wait for PostgreSQL for so many seconds in all."""
    before, _thread.budget = _thread.budget, Budget(seconds)
    try:
        yield
    finally:
        _thread.budget = before


@contextmanager
def at_most(budget: Budget, seconds: float) -> Iterator[None]:
    """Let what runs inside wait for no more than so many seconds of the budget, and charge all the time it takes."""
    began_at, left = monotonic(), budget.seconds_left
    budget.seconds_left = min(left, seconds)
    try:
        yield
    finally:
        budget.seconds_left = left - (monotonic() - began_at)
