"""When a day's email is due."""

from datetime import UTC, datetime, time, timedelta

from apps.core.clock import zone_of

# No time zone changes its clocks at this hour, so it comes once a day.
DIGEST_AT = time(18, 0)


def next_moment(time_zone: str, after: datetime) -> datetime:
    """Return the first moment after `after` at which it is DIGEST_AT in the zone."""
    zone = zone_of(time_zone)
    today = after.astimezone(zone).date()
    days = (today + timedelta(days=number) for number in range(3))
    moments = (datetime.combine(day, DIGEST_AT, zone).astimezone(UTC) for day in days)
    return next(moment for moment in moments if moment > after)
