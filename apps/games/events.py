"""What games tell the rest of the house."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from apps.core.outbox import Event, event


@event
@dataclass(frozen=True, slots=True)
class GameChanged(Event):
    """A game or its achievements have changed: made, edited, ordered, published or archived."""

    kind: ClassVar[str] = "game_changed"

    game_id: UUID
