"""Scheduled jobs of core: partitions are created ahead and dropped, old rows are deleted."""

from collections.abc import Iterator
from datetime import timedelta

from apps.core.background.scheduled_jobs import DAY, HOUR, Counts, JobContext, delete_slots, job
from apps.core.database import partitions
from apps.core.database.sql import change_rows

# A year's history of job runs.
SLOT_RETENTION = timedelta(days=400)
ROWS_AT_ONCE = 5_000
RESPONSE_RETENTION = timedelta(hours=24)

_DELETE_RESPONSES = """
DELETE FROM idempotency_record WHERE name IN (
    SELECT name FROM idempotency_record WHERE created_at <= %s ORDER BY created_at LIMIT %s)
"""


@job(name="make_partitions", every=DAY)
def make_partitions(context: JobContext) -> Iterator[Counts]:
    """Create the partitions of this month and three more."""
    for table in partitions.monthly_tables():
        yield {"partitions_made": partitions.make_partitions_ahead(table, context.moment)}


@job(name="drop_partitions", every=DAY, is_atomic=False)
def drop_partitions(context: JobContext) -> Iterator[Counts]:
    """Drop the partitions of months past their retention."""
    for table in partitions.monthly_tables():
        if context.is_dry:
            yield {"partitions_dropped": len(partitions.old_partitions(table, context.moment))}
            continue
        yield {"partitions_dropped": partitions.drop_detached(table)}
        for partition in partitions.old_partitions(table, context.moment):
            partitions.drop_partition(table, partition)
            yield {"partitions_dropped": 1}


@job(name="delete_job_slots", every=DAY)
def delete_job_slots(context: JobContext) -> Iterator[Counts]:
    """Delete slots done over a year ago."""
    while deleted := delete_slots(before=context.moment - SLOT_RETENTION, rows_max=ROWS_AT_ONCE):
        yield {"slots_deleted": deleted}


@job(name="delete_responses", every=HOUR)
def delete_responses(context: JobContext) -> Iterator[Counts]:
    """Delete stored responses for Idempotency-Key retries, which otherwise only new ones push out."""
    while deleted := change_rows(_DELETE_RESPONSES, [context.moment - RESPONSE_RETENTION, ROWS_AT_ONCE]):
        yield {"responses_deleted": deleted}
