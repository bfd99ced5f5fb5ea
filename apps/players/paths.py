"""Path converters for players."""

from uuid import UUID

from django.urls import register_converter

from apps.core.parsing.values import UUID_PATTERN


class Handle:
    """A player's handle."""

    regex = "[A-Za-z0-9_-]{1,24}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class PlayerRef:
    """A player's id, or `me` for the caller, which converts to None."""

    regex = f"{UUID_PATTERN}|me"

    def to_python(self, value: str) -> UUID | None:
        return None if value == "me" else UUID(value)

    def to_url(self, value: UUID | str | None) -> str:
        return "me" if value is None else str(value)


def register() -> None:
    """Register the converters with Django."""
    register_converter(Handle, "handle")
    register_converter(PlayerRef, "player_ref")
