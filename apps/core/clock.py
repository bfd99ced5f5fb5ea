"""The one clock of the house: aware UTC times, and the windows boards are cut into."""

from datetime import UTC, datetime


def now() -> datetime:
    return datetime.now(UTC)


def whole_second(moment: datetime) -> datetime:
    return moment.replace(microsecond=0)
