"""The one clock of the house: aware UTC times, and the windows boards are cut into."""

from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo


def now() -> datetime:
    return datetime.now(UTC)


def whole_second(moment: datetime) -> datetime:
    return moment.replace(microsecond=0)


@lru_cache(maxsize=1_000)
def zone_of(name: str) -> ZoneInfo:
    """Return the zone of an IANA name; UTC for a name that is none."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        # Not found, not a name at all, or a folder of zones such as "Europe".
        return ZoneInfo("UTC")
