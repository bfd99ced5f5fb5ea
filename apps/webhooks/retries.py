"""When a failed delivery is retried."""

import random
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

# After the first failure, the second, and so on; then the delivery fails. Three days in all: a receiver that is down
# over a weekend misses nothing, and one that fails for a moment gets the message seconds later.
DELAYS = (
    timedelta(seconds=5),
    timedelta(seconds=30),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=20),
)
ATTEMPTS_MAX = len(DELAYS) + 1
# Of each delay, up or down, so that what failed together is not retried together.
JITTER = 0.2
# A receiver may request more time than the schedule gives, up to this.
RETRY_AFTER_MAX = timedelta(hours=6)


def next_attempt(*, failed_count: int, moment: datetime, retry_after: str = "") -> datetime | None:
    """Return when to retry after so many failures, None for never. `retry_after` is the receiver's header."""
    if failed_count > len(DELAYS):
        return None
    delay = DELAYS[failed_count - 1] * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311 - no secret
    return moment + max(delay, min(_delay_of(retry_after, moment), RETRY_AFTER_MAX))


def _delay_of(retry_after: str, moment: datetime) -> timedelta:
    """Return the delay of a Retry-After, which is seconds or a date; zero for anything else."""
    text = retry_after.strip()
    if text.isascii() and text.isdigit():
        return timedelta(seconds=min(int(text[:9]), 10**8))
    try:
        return parsedate_to_datetime(text) - moment
    except (ValueError, TypeError):
        return timedelta(0)
