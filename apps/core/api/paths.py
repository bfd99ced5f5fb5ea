"""What stands in the API's paths beside UUIDs."""

import re
from datetime import date
from uuid import UUID

from django.urls import register_converter

UUID_PATTERN = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"


class AchievementRef:
    """An achievement's id, or its key within the game."""

    regex = f"{UUID_PATTERN}|[A-Z][A-Z0-9_]{{2,59}}"

    def to_python(self, value: str) -> UUID | str:
        return value if value[0].isupper() else UUID(value)

    def to_url(self, value: UUID | str) -> str:
        return str(value)


class GameRef:
    """A game's id, or its slug."""

    regex = f"{UUID_PATTERN}|[-a-zA-Z0-9_]{{1,60}}"

    def to_python(self, value: str) -> UUID | str:
        return UUID(value) if re.fullmatch(UUID_PATTERN, value) else value

    def to_url(self, value: UUID | str) -> str:
        return str(value)


class PlayerRef:
    """A player's id, or `me`: whoever calls. None stands for `me`."""

    regex = f"{UUID_PATTERN}|me"

    def to_python(self, value: str) -> UUID | None:
        return None if value == "me" else UUID(value)

    def to_url(self, value: UUID | str | None) -> str:
        return "me" if value is None else str(value)


class IsoDate:
    """A day, such as 2026-11-24."""

    regex = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"

    def to_python(self, value: str) -> date:
        return date.fromisoformat(value)

    def to_url(self, value: date) -> str:
        return value.isoformat()


def register() -> None:
    """Make the converters above known to Django's paths; once, before any URLs are read."""
    register_converter(AchievementRef, "ref")
    register_converter(IsoDate, "date")
    register_converter(GameRef, "game_ref")
    register_converter(PlayerRef, "player_ref")
