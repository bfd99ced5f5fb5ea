"""Parses ids, numbers and times in their wire formats: one rule each, for bodies, URLs, sockets and files."""

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

# Either case, as Unreal prints capitals; none of the other forms that Python accepts.
UUID_PATTERN = "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"
# For a bigint, 18 digits.
DIGITS_MAX = 18
COUNT_MAX = 10**DIGITS_MAX - 1
MOMENT_EXAMPLE = "2026-11-24T18:04:05Z"

_uuid = re.compile(UUID_PATTERN)
# JSON's numbers from 0, of a length that people and programs write; leading zeros are harmless.
_number = re.compile(r"[0-9]{1,18}(?:\.[0-9]{1,18})?(?:[eE][+-]?[0-9]{1,3})?")
_date = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# RFC 3339's date-time; longer fractions than anyone prints are refused.
_moment = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:([0-9]{2})(?:\.[0-9]{1,20})?(?:[Zz]|[+-][0-9]{2}:[0-9]{2})"
)
_LEAP_SECOND = "60"
_SECONDS_AT = slice(17, 19)


def read_uuid(value: object) -> UUID | None:
    """Return the UUID in a text, with hyphens and in either case; None for anything else."""
    return UUID(value) if isinstance(value, str) and _uuid.fullmatch(value) else None


def read_count(text: str) -> int | None:
    """Return a whole number from 0 to COUNT_MAX in ASCII, as JSON writes it, also 3.0 and 3e0; None for anything else.

    The counterpart of apps.core.parsing.json_text.read_json, for queries, headers and sockets.
    """
    if (count := _read_digits(text)) is not None or _number.fullmatch(text) is None:
        return count
    number = Decimal(text)
    # In this order, as the int of 1e999 would have 1,000 digits.
    return int(number) if number <= COUNT_MAX and number == number.to_integral_value() else None


def read_port(text: str) -> int | None:
    """Return a port in ASCII digits, from 1 to 65535; None for anything else."""
    port = _read_digits(text)
    return port if port and port < 65536 else None


def _read_digits(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= DIGITS_MAX else None


def read_date(text: str) -> date | None:
    """Return the date in RFC 3339's full-date, such as 2026-11-24; None for anything else."""
    try:
        return date.fromisoformat(text) if _date.fullmatch(text) else None
    except ValueError:
        return None


def read_moment(value: object) -> datetime | None:
    """Return the time in RFC 3339's date-time, in UTC; None for anything else.

    A leap second, which occurs only at the end of a month, is the second after it.
    """
    if not isinstance(value, str) or (found := _moment.fullmatch(value)) is None:
        return None
    try:
        if found[1] == _LEAP_SECOND:
            return _after_leap_second(value)
        return datetime.fromisoformat(value.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        # 30 February, 25 o'clock, or an offset that leads out of Python's years.
        return None


def _after_leap_second(text: str) -> datetime | None:
    head, tail = text[: _SECONDS_AT.start], text[_SECONDS_AT.stop :]
    moment = datetime.fromisoformat(f"{head}59{tail}".upper()).astimezone(UTC) + timedelta(seconds=1)
    is_one = (moment.day, moment.hour, moment.minute, moment.second) == (1, 0, 0, 0)
    return moment if is_one else None
