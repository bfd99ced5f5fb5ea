"""Scheduled work of the ledger."""

from celery import shared_task

from apps.unlocks import actions, merging

# A run ends well within its limits; the next hour's goes on where this one stopped.
ROWS_AT_ONCE = 10_000
CHUNKS_MAX = 100


@shared_task(soft_time_limit=45, time_limit=60)
def forget_progress_requests() -> None:
    for _ in range(CHUNKS_MAX):
        if actions.forget_progress_requests(rows_max=ROWS_AT_ONCE) < ROWS_AT_ONCE:
            return


@shared_task(soft_time_limit=45, time_limit=60)
def gather_stragglers() -> None:
    merging.gather_stragglers()
