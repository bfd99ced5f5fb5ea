"""The clock: aware UTC times, and time zones."""

from datetime import UTC, datetime
from functools import cache, lru_cache
from zoneinfo import ZoneInfo, available_timezones

from django.utils.translation import gettext

# Continents; other names are aliases, or technical zones such as Etc/GMT+5.
AREAS = frozenset(
    {"Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific"}
)


def now() -> datetime:
    return datetime.now(UTC)


@cache
def time_zone_names() -> frozenset[str]:
    """Return the zones that people can choose: Area/City, and UTC."""
    return frozenset({"UTC"} | {name for name in available_timezones() if name.partition("/")[0] in AREAS})


@lru_cache(maxsize=1_000)
def zone_of(name: str) -> ZoneInfo:
    """Return the zone with an IANA name; UTC for an unknown one."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        # Not found, malformed, or a folder of zones such as "Europe".
        return ZoneInfo("UTC")


def zone_label(key: str) -> str:
    """Return what follows a time of day: "Buenos Aires time" for America/Argentina/Buenos_Aires, or "UTC"."""
    place = key.rpartition("/")[2].replace("_", " ")
    return gettext("{place} time").format(place=place) if "/" in key else place
