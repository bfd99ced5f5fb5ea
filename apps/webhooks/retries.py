"""When a failed delivery is tried again."""

import random
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

# After the first failure, the second, and so on; then it is given up. Together three days: a receiver that is away over
# a week-end's night misses nothing, and one that stumbles for a moment hears of it seconds later.
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
# Of each delay, up or down: what failed together is not tried again in one moment.
JITTER = 0.2
# A receiver may ask for more time than the schedule gives, within reason.
RETRY_AFTER_MAX = timedelta(hours=6)


def next_attempt(*, failed_count: int, moment: datetime, retry_after: str = "") -> datetime | None:
    """Return when to try again after so many failures, None for never. `retry_after` is the receiver's header."""
    if failed_count > len(DELAYS):
        return None
    delay = DELAYS[failed_count - 1] * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311 - no secret
    return moment + max(delay, min(_asked_for(retry_after, moment), RETRY_AFTER_MAX))


def _asked_for(retry_after: str, moment: datetime) -> timedelta:
    """Return the time a Retry-After asks for, in seconds or as a date; none for what is neither."""
    text = retry_after.strip()
    if text.isascii() and text.isdigit():
        return timedelta(seconds=min(int(text[:9]), 10**8))
    try:
        return parsedate_to_datetime(text) - moment
    except (ValueError, TypeError):
        return timedelta(0)
