"""Scheduled jobs of notifications; achievements_site/schedule.py says when they run."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from apps.core.background.scheduled_jobs import DAY, HOUR, Counts, JobContext, job
from apps.core.database.sql import change_rows
from apps.notifications.mail.readers import enter_readers, last_address

RETENTION = timedelta(days=180)
ROWS_AT_ONCE = 5_000

# Numbers go on: the inbox stores the last one.
_TRIM = """
DELETE FROM notification WHERE (player_id, seq) IN (
    SELECT player_id, seq FROM notification WHERE created_at < %s LIMIT %s)
"""
_DELETE_DEDUPE_KEYS = """
DELETE FROM notification_dedupe_key WHERE (player_id, dedupe_key) IN (
    SELECT player_id, dedupe_key FROM notification_dedupe_key WHERE until <= %s ORDER BY until LIMIT %s)
"""


@job(name="trim_notifications", every=DAY)
def trim_notifications(context: JobContext) -> Iterator[Counts]:
    """Delete notifications over half a year old, and dedupe keys that have expired."""
    while trimmed := _delete(_TRIM, context.moment - RETENTION):
        yield {"notifications_trimmed": trimmed}
    while deleted := _delete(_DELETE_DEDUPE_KEYS, context.moment):
        yield {"dedupe_keys_deleted": deleted}


@job(name="find_mail_readers", every=HOUR)
def find_mail_readers(context: JobContext) -> Iterator[Counts]:
    """Add players who have confirmed an address to the readers of the daily email."""
    while last_id := last_address(context.cursor.get("after_id", 0), limit=ROWS_AT_ONCE):
        entered = enter_readers(context.cursor.get("after_id", 0), last_id, context.moment)
        context.cursor["after_id"] = last_id
        yield {"mail_readers_found": entered}


def _delete(statement: str, before: datetime) -> int:
    return change_rows(statement, [before, ROWS_AT_ONCE])
