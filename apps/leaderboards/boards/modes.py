"""A game's boards in hardcore: boards of a scope of its own, whose id follows from the game's.

Ids of games are UUIDs of version 7; that of a game's hardcore has version 8. So a scope's id says its game and mode.
"""

from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy

_VERSION = 0xF << 76
_GAME, _HARDCORE = 7 << 76, 8 << 76


class Mode(models.TextChoices):
    """How unlocks that a board counts were earned."""

    CASUAL = "casual", gettext_lazy("Casual")
    HARDCORE = "hardcore", gettext_lazy("Hardcore")


def scope_of(game_id: UUID, mode: Mode) -> UUID:
    """Return the scope of a game's boards in a mode."""
    return game_id if mode == Mode.CASUAL else UUID(int=game_id.int & ~_VERSION | _HARDCORE)


def mode_of(scope_id: UUID) -> Mode:
    return Mode.HARDCORE if scope_id.int & _VERSION == _HARDCORE else Mode.CASUAL


def game_of(scope_id: UUID) -> UUID:
    """Return the game of a scope; the platform's id for the platform."""
    return scope_id if mode_of(scope_id) == Mode.CASUAL else UUID(int=scope_id.int & ~_VERSION | _GAME)


def hardcore_scope_sql(game_id: str) -> str:
    """Return SQL of scope_of for hardcore, of a column."""
    return f"overlay({game_id}::text PLACING '8' FROM 15 FOR 1)::uuid"
