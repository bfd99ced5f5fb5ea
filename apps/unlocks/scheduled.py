"""The ledger's jobs; achievements_site/schedule.py says when each is looked at."""

from collections.abc import Iterator
from datetime import timedelta

from apps.core.background.scheduled_jobs import HOUR, Counts, Turn, job
from apps.unlocks import actions, merging

ROWS_AT_ONCE = 5_000


@job(name="forget_progress_requests", every=HOUR)
def forget_progress_requests(turn: Turn) -> Iterator[Counts]:
    """Forget the request ids of increments that nobody retries any more."""
    while forgotten := actions.forget_progress_requests(rows_max=ROWS_AT_ONCE):
        yield {"requests_forgotten": forgotten}


@job(name="gather_stragglers", every=timedelta(minutes=5))
def gather_stragglers(turn: Turn) -> Iterator[Counts]:
    """Move on what was being recorded for a player in the moment they were merged."""
    yield {"players": merging.gather_stragglers()}
