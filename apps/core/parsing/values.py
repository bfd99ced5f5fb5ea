"""Ids, numbers and times as callers write them: one rule each, for bodies, addresses, sockets and files."""

import re
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

# Either case, as Unreal prints capitals; and nothing else that Python would take for one.
UUID_PATTERN = "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"
# Of a bigint, 18 digits.
DIGITS_MAX = 18
MOMENT_EXAMPLE = "2026-11-24T18:04:05Z"

_uuid = re.compile(UUID_PATTERN)
_date = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# RFC 3339's date-time. Of a second's fraction as much as anyone prints.
_moment = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:([0-9]{2})(?:\.[0-9]{1,20})?(?:[Zz]|[+-][0-9]{2}:[0-9]{2})"
)
_LEAP_SECOND = "60"
_SECONDS_AT = slice(17, 19)


def read_uuid(value: object) -> UUID | None:
    """Return the UUID that a text is, with its hyphens and in either case; None for anything else."""
    return UUID(value) if isinstance(value, str) and _uuid.fullmatch(value) else None


def read_count(text: str) -> int | None:
    """Return the whole number from 0 that ASCII digits write, at most DIGITS_MAX of them; None for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= DIGITS_MAX else None


def read_port(text: str) -> int | None:
    """Return the port that ASCII digits write, from 1 to 65535; None for anything else."""
    port = read_count(text)
    return port if port and port < 65536 else None


def read_date(text: str) -> date | None:
    """Return the day that RFC 3339's full-date writes, such as 2026-11-24; None for anything else."""
    try:
        return date.fromisoformat(text) if _date.fullmatch(text) else None
    except ValueError:
        return None


def read_moment(value: object) -> datetime | None:
    """Return the moment, in UTC, that RFC 3339's date-time writes; None for anything else.

    A leap second, which comes only before the first of a month, is the second after it.
    """
    if not isinstance(value, str) or (found := _moment.fullmatch(value)) is None:
        return None
    try:
        if found[1] == _LEAP_SECOND:
            return _after_leap_second(value)
        return datetime.fromisoformat(value.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        # The 30th of February, 25 o'clock, or a time whose offset leads out of Python's years.
        return None


def _after_leap_second(text: str) -> datetime | None:
    head, tail = text[: _SECONDS_AT.start], text[_SECONDS_AT.stop :]
    moment = datetime.fromisoformat(f"{head}59{tail}".upper()).astimezone(UTC) + timedelta(seconds=1)
    is_one = (moment.day, moment.hour, moment.minute, moment.second) == (1, 0, 0, 0)
    return moment if is_one else None
