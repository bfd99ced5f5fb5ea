"""Events that games emit."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from apps.core.background.outbox import Event, event


@event
@dataclass(frozen=True, slots=True)
class GameChanged(Event):
    """A game or its achievements have changed: created, edited, reordered, published or archived."""

    kind: ClassVar[str] = "game_changed"

    game_id: UUID


@event
@dataclass(frozen=True, slots=True)
class AchievementArchived(Event):
    """A published achievement can no longer be earned; players who lacked only this one have completed the game."""

    kind: ClassVar[str] = "achievement_archived"

    game_id: UUID
    achievement_id: UUID
