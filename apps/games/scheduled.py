"""Scheduled jobs of games; achievements_site/schedule.py lists their times."""

from collections.abc import Iterator

from apps.core.background.scheduled_jobs import DAY, Counts, JobContext, job
from apps.games import actions

ROWS_AT_ONCE = 5_000


@job(name="delete_tokens", every=DAY)
def delete_tokens(context: JobContext) -> Iterator[Counts]:
    """Delete grants of player tokens that expired a week ago."""
    while deleted := actions.delete_tokens(rows_max=ROWS_AT_ONCE):
        yield {"tokens_deleted": deleted}
