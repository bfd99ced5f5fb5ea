"""Scheduled jobs of games; achievements_site/schedule.py lists their times."""

from collections.abc import Iterator

from apps.core.background.scheduled_jobs import DAY, Counts, JobContext, job
from apps.games import actions

ROWS_AT_ONCE = 5_000


@job(name="forget_tokens", every=DAY)
def forget_tokens(context: JobContext) -> Iterator[Counts]:
    """Delete grants of player tokens that expired a week ago."""
    while forgotten := actions.forget_tokens(rows_max=ROWS_AT_ONCE):
        yield {"tokens_forgotten": forgotten}
