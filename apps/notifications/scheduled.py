"""The notifications' job; achievements_site/schedule.py says when it is looked at."""

from collections.abc import Iterator
from datetime import timedelta

from django.db import connection

from apps.core.jobs import DAY, Counts, Turn, job

KEPT = timedelta(days=180)
ROWS_AT_ONCE = 5_000

# Numbers go on from where they were: the inbox knows the last one.
_TRIM = """
DELETE FROM notification WHERE (player_id, seq) IN (
    SELECT player_id, seq FROM notification WHERE created_at < %s LIMIT %s)
"""


@job(name="trim_notifications", every=DAY)
def trim_notifications(turn: Turn) -> Iterator[Counts]:
    """Delete what players were told over half a year ago."""
    while trimmed := _trim(turn):
        yield {"notifications_trimmed": trimmed}


def _trim(turn: Turn) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_TRIM, [turn.moment - KEPT, ROWS_AT_ONCE])
        return int(cursor.rowcount)
