"""Rolls up a player's hours into one row per day once they are 30 days old; the sums stay the same."""

from datetime import datetime
from functools import cache

from django.db import connection

from apps.analytics.rollups.player_statistics import hourly_since
from apps.core.database.sql import read_sql

HOURS_AT_ONCE = 2_000


class UnequalSumsError(Exception):
    """Days did not add up to their hours; the roll-up was undone."""


def roll_up(moment: datetime, *, limit: int = HOURS_AT_ONCE) -> tuple[int, int]:
    """Roll up some of the oldest hours, whole days at a time, in the caller's transaction.

    Return the numbers of hours and days; call again while it returns any. Raises: UnequalSumsError.
    """
    with connection.cursor() as cursor:
        cursor.execute(_statement(), {"hourly_since": hourly_since(moment), "limit": limit})
        hours, *taken, days, seconds, unlocks, points = cursor.fetchone()
    if taken != [seconds, unlocks, points]:
        raise UnequalSumsError(f"{taken} of {hours} hours became {[seconds, unlocks, points]} of {days} days.")
    return hours, days


@cache
def _statement() -> str:
    return read_sql("analytics", "roll_up_statistics")
