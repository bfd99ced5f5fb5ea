"""When a process that ended is started again."""

import signal

FIRST_DELAY_SECONDS = 0.5
DELAY_SECONDS_MAX = 30.0
# After running this long a process counts as healthy, and its restart delay starts over.
WELL_SECONDS = 30.0


def delay_after(deaths: int) -> float:
    """Return the seconds until the next start: 0.5, 1, 2 ... 30."""
    return min(DELAY_SECONDS_MAX, FIRST_DELAY_SECONDS * 2.0 ** min(deaths, 10))


def cause_of(status: int) -> str:
    """Return how a process ended, by the status that subprocess reports."""
    return f"killed by {signal.Signals(-status).name}" if status < 0 else f"status {status}"
