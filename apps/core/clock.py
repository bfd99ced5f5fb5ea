"""The one clock of the house: aware UTC times, and the windows boards are cut into."""

from datetime import UTC, datetime
from functools import cache, lru_cache
from zoneinfo import ZoneInfo, available_timezones

# Where people live; other names are older ones for these, and zones of machines, such as Etc/GMT+5.
AREAS = frozenset(
    {"Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific"}
)


def now() -> datetime:
    return datetime.now(UTC)


@cache
def places() -> frozenset[str]:
    """Return the zones that people may choose: places as Area/City, and UTC."""
    return frozenset({"UTC"} | {name for name in available_timezones() if name.partition("/")[0] in AREAS})


@lru_cache(maxsize=1_000)
def zone_of(name: str) -> ZoneInfo:
    """Return the zone of an IANA name; UTC for a name that is none."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        # Not found, not a name at all, or a folder of zones such as "Europe".
        return ZoneInfo("UTC")
