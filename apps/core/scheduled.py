"""Scheduled jobs of core: partitions are created ahead and dropped, old rows are deleted."""

from collections.abc import Iterator
from datetime import timedelta

from django.db import connection

from apps.core.background.scheduled_jobs import DAY, HOUR, Counts, JobContext, forget_slots, job
from apps.core.database import partitions

# A year's history of job runs.
SLOT_RETENTION = timedelta(days=400)
ROWS_AT_ONCE = 5_000
ANSWER_RETENTION = timedelta(hours=24)

_FORGET_ANSWERS = """
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


@job(name="forget_job_slots", every=DAY)
def forget_job_slots(context: JobContext) -> Iterator[Counts]:
    """Delete slots done over a year ago."""
    while forgotten := forget_slots(before=context.moment - SLOT_RETENTION, rows_max=ROWS_AT_ONCE):
        yield {"slots_forgotten": forgotten}


@job(name="forget_answers", every=HOUR)
def forget_answers(context: JobContext) -> Iterator[Counts]:
    """Delete stored responses for Idempotency-Key retries, which otherwise only new ones push out."""
    with connection.cursor() as cursor:
        while True:
            cursor.execute(_FORGET_ANSWERS, [context.moment - ANSWER_RETENTION, ROWS_AT_ONCE])
            if not cursor.rowcount:
                return
            yield {"answers_forgotten": cursor.rowcount}
