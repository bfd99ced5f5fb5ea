"""What follows from other events and is an event of its own."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from apps.core.background.outbox import Event, event


@event
@dataclass(frozen=True, slots=True)
class GameCompleted(Event):
    """A player has earned every published achievement of a game, `achievement_count` of them."""

    kind: ClassVar[str] = "game_completed"

    player_id: UUID
    game_id: UUID
    achievement_count: int
    completed_at: datetime
