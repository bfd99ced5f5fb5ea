"""Scheduled jobs of the ledger; achievements_site/schedule.py lists their times."""

from collections.abc import Iterator
from datetime import timedelta

from apps.core.background.scheduled_jobs import DAY, HOUR, Counts, JobContext, job
from apps.unlocks import actions, idle_guests, merging
from apps.unlocks.imports import runs

ROWS_AT_ONCE = 5_000
# Each is deleted with all that refers to it.
GUESTS_AT_ONCE = 500


@job(name="delete_progress_requests", every=HOUR)
def delete_progress_requests(context: JobContext) -> Iterator[Counts]:
    """Delete request ids of increments that are too old to be retried."""
    while deleted := actions.delete_progress_requests(rows_max=ROWS_AT_ONCE):
        yield {"requests_deleted": deleted}


@job(name="move_stragglers", every=timedelta(minutes=5))
def move_stragglers(context: JobContext) -> Iterator[Counts]:
    """Move what was recorded for a player during their merge."""
    yield {"players": merging.move_stragglers()}


@job(name="delete_guests", every=DAY)
def delete_guests(context: JobContext) -> Iterator[Counts]:
    """Delete guests who have earned nothing and were not seen for a month."""
    while (found := idle_guests.delete_guests(context.moment, rows_max=GUESTS_AT_ONCE)).looked_at:
        yield {"guests_deleted": found.deleted, "guests_kept": found.looked_at - found.deleted}


@job(name="delete_brought_unlocks", every=HOUR)
def delete_brought_unlocks(context: JobContext) -> Iterator[Counts]:
    """End imports that were left open, and delete what ended ones noted of the unlocks they brought."""
    yield {"imports_abandoned": runs.abandon_imports()}
    while deleted := runs.delete_brought(rows_max=ROWS_AT_ONCE):
        yield {"rows_deleted": deleted}
