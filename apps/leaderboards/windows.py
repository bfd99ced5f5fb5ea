"""The stretches of time that boards are cut into: UTC, weeks from Monday."""

from datetime import UTC, date, datetime, timedelta

from apps.leaderboards.models import Window

# All-time boards open here, so that every board has a date.
BEGINNING = date(1970, 1, 1)


def opened_on(window: Window, moment: datetime) -> date:
    """Return the first day (UTC) of the window that holds the moment."""
    day = moment.astimezone(UTC).date()
    if window == Window.ALL:
        return BEGINNING
    if window == Window.MONTH:
        return day.replace(day=1)
    return day - timedelta(days=day.weekday()) if window == Window.WEEK else day


def closes_at(window: Window, opened: date) -> datetime | None:
    """Return the moment a window ends (exclusive); None for all-time."""
    if window == Window.ALL:
        return None
    if window == Window.MONTH:
        following = (opened.replace(day=28) + timedelta(days=4)).replace(day=1)
    else:
        following = opened + timedelta(days=7 if window == Window.WEEK else 1)
    return datetime(following.year, following.month, following.day, tzinfo=UTC)
