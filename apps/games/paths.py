"""Path converters for games and achievements."""

from uuid import UUID

from django.urls import register_converter

from apps.core.parsing.values import UUID_PATTERN, read_uuid
from apps.games.models import KEY_CHARACTERS


class AchievementRef:
    """An achievement's id, or its key within the game."""

    regex = f"{UUID_PATTERN}|{KEY_CHARACTERS}"

    def to_python(self, value: str) -> UUID | str:
        return read_uuid(value) or value

    def to_url(self, value: UUID | str) -> str:
        return str(value)


class GameRef:
    """A game's id, or its slug."""

    regex = f"{UUID_PATTERN}|[-a-zA-Z0-9_]{{1,60}}"

    def to_python(self, value: str) -> UUID | str:
        return read_uuid(value) or value

    def to_url(self, value: UUID | str) -> str:
        return str(value)


def register() -> None:
    """Register the converters with Django."""
    register_converter(AchievementRef, "ref")
    register_converter(GameRef, "game_ref")
