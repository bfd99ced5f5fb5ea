"""The notifications' jobs; achievements_site/schedule.py says when it is looked at."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import connection

from apps.core.background.scheduled_jobs import DAY, HOUR, Counts, Turn, job
from apps.notifications.mail.readers import enter_readers, last_address

KEPT = timedelta(days=180)
ROWS_AT_ONCE = 5_000

# Numbers go on from where they were: the inbox knows the last one.
_TRIM = """
DELETE FROM notification WHERE (player_id, seq) IN (
    SELECT player_id, seq FROM notification WHERE created_at < %s LIMIT %s)
"""
_FORGET_TOLD = """
DELETE FROM notification_told WHERE (player_id, dedupe_key) IN (
    SELECT player_id, dedupe_key FROM notification_told WHERE until <= %s ORDER BY until LIMIT %s)
"""


@job(name="trim_notifications", every=DAY)
def trim_notifications(turn: Turn) -> Iterator[Counts]:
    """Delete what players were told over half a year ago, and forget what may be told again."""
    while trimmed := _delete(_TRIM, turn.moment - KEPT):
        yield {"notifications_trimmed": trimmed}
    while forgotten := _delete(_FORGET_TOLD, turn.moment):
        yield {"told_forgotten": forgotten}


@job(name="find_mail_readers", every=HOUR)
def find_mail_readers(turn: Turn) -> Iterator[Counts]:
    """Have players who have confirmed an address get the daily mail, from now on."""
    while last_id := last_address(turn.cursor.get("after_id", 0), limit=ROWS_AT_ONCE):
        entered = enter_readers(turn.cursor.get("after_id", 0), last_id, turn.moment)
        turn.cursor["after_id"] = last_id
        yield {"mail_readers_found": entered}


def _delete(statement: str, before: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, [before, ROWS_AT_ONCE])
        return int(cursor.rowcount)
