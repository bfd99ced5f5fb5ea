"""How long a thread's work may still wait for PostgreSQL, over all of its statements.

statement_timeout is the server's own limit: a frozen server ignores it, and two statements may each use it up.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

# For a request: slightly over statement_timeout, as the server's error is better than an abandoned connection.
REQUEST_SECONDS = 5.25
# For callers with a fallback: 20 times what their query takes, and no waiting for a suspected server.
SHORT_SECONDS = 0.1
# Key in the ASGI scope and WSGI environ for the seconds left to a request that has waited elsewhere.
SECONDS_LEFT = "laurel.database_seconds"
# Key in the WSGI environ for whether the caller goes another way when this one fails.
HAS_FALLBACK = "laurel.has_fallback"


class Budget:
    """Seconds of waiting left; only waiting is charged."""

    __slots__ = ("has_fallback", "is_short", "seconds_left")

    def __init__(self, seconds: float, *, has_fallback: bool) -> None:
        self.seconds_left = seconds
        self.is_short = seconds <= SHORT_SECONDS
        self.has_fallback = has_fallback


class _Thread(threading.local):
    budget: Budget | None = None


_thread = _Thread()


def current_budget() -> Budget | None:
    """Return this thread's budget; None for relays, workers and commands, which wait for statements without limit."""
    return _thread.budget


def has_fallback() -> bool:
    """Whether a failure of this thread's work is discarded, as its caller goes another way then."""
    return _thread.budget is not None and _thread.budget.has_fallback


@contextmanager
def spending(seconds: float, *, has_fallback: bool = False) -> Iterator[None]:
    """Limit waiting for PostgreSQL inside to so many seconds in total; with a fallback, failures are discarded."""
    before, _thread.budget = _thread.budget, Budget(seconds, has_fallback=has_fallback)
    try:
        yield
    finally:
        _thread.budget = before


@contextmanager
def at_most(budget: Budget, seconds: float) -> Iterator[None]:
    """Limit waiting inside to so many seconds of the budget, and charge all elapsed time."""
    began_at, left = monotonic(), budget.seconds_left
    budget.seconds_left = min(left, seconds)
    try:
        yield
    finally:
        budget.seconds_left = left - (monotonic() - began_at)
