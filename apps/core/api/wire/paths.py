"""Path converters; those of players and games are in their paths.py."""

from datetime import date
from urllib.parse import quote, unquote_to_bytes
from uuid import UUID

from django.urls import register_converter

from apps.core.ids import NIL
from apps.core.parsing.values import DIGITS_MAX, UUID_PATTERN, read_date


class Id:
    """An id in either case; Django's own converter takes lower case only. The nil UUID is nobody's."""

    regex = UUID_PATTERN

    def to_python(self, value: str) -> UUID:
        if (found := UUID(value)) == NIL:
            raise ValueError
        return found

    def to_url(self, value: UUID | str) -> str:
        return str(value)


class Count:
    """A whole number within a bigint."""

    regex = f"[0-9]{{1,{DIGITS_MAX}}}"

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: int) -> str:
        return str(value)


class Anything:
    """The rest of a path, with slashes: servers decode %2F before routing."""

    regex = r"[\s\S]+"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return quote(value, safe="")


class IsoDate:
    """A day, such as 2026-11-24."""

    regex = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"

    def to_python(self, value: str) -> date:
        if (found := read_date(value)) is None:
            raise ValueError
        return found

    def to_url(self, value: date) -> str:
        return value.isoformat()


def is_text(value: str) -> bool:
    """Whether a path segment was UTF-8: otherwise Django leaves its bytes percent-encoded."""
    try:
        unquote_to_bytes(value).decode()
    except UnicodeDecodeError:
        return False
    return True


def register() -> None:
    """Register the converters with Django."""
    register_converter(Id, "id")
    register_converter(Anything, "anything")
    register_converter(Count, "count")
    register_converter(IsoDate, "date")
