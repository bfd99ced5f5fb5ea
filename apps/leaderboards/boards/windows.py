"""The time windows of boards: UTC, weeks from Monday."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from apps.leaderboards.models import Window

# All-time boards open on this day, so that every board has a date.
BEGINNING = date(1970, 1, 1)
# Closed windows stay readable for this long.
RETENTION_AFTER_CLOSING = timedelta(days=35)


def opened_on(window: Window, moment: datetime) -> date:
    """Return the first day (UTC) of the window that contains the moment."""
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


def retained_bounds(moment: datetime) -> dict[str, Any]:
    """Return the first days of the oldest retained month, week and day, as SQL parameters."""
    oldest = moment - RETENTION_AFTER_CLOSING
    windows = {"months_since": Window.MONTH, "weeks_since": Window.WEEK, "days_since": Window.DAY}
    return {name: opened_on(window, oldest) for name, window in windows.items()}
