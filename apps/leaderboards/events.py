"""Events that boards emit."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from apps.core.background.outbox import Event, event
from apps.players.cache_versions import OfPlayers

# What is shown of closed windows, of any board, changes with it when one closes.
CLOSED_KEY = "fresh:closed-windows"


@event
@dataclass(frozen=True, slots=True)
class RankOvertaken(Event):
    """A rival has overtaken a player on a board that the player follows, and is now at `rival_rank`."""

    kind: ClassVar[str] = "rank_overtaken"

    player_id: UUID
    rival_id: UUID
    scope_id: UUID
    window: str
    rival_rank: int
    overtaken_at: datetime


@event
@dataclass(frozen=True, slots=True)
class WindowClosed(Event):
    """A board's day, week or month has closed, and its final places are stored."""

    kind: ClassVar[str] = "window_closed"

    scope_id: UUID
    window: str
    opened_on: date

    def version_keys(self) -> list[str]:
        return [CLOSED_KEY]


@event
@dataclass(frozen=True, slots=True)
class GameCompleted(OfPlayers):
    """A player has for the first time earned the published achievements of a game's base set, `achievement_count`."""

    kind: ClassVar[str] = "game_completed"

    player_id: UUID
    game_id: UUID
    achievement_count: int
    completed_at: datetime
