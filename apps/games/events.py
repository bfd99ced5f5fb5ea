"""Events that games emit."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from apps.core.background.outbox import Event, event
from apps.players.cache_versions import OfPlayers


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


@event
@dataclass(frozen=True, slots=True)
class BaseSetChanged(Event):
    """A published achievement may have come into a game's base set or left it, other than by being archived."""

    kind: ClassVar[str] = "base_set_changed"

    game_id: UUID


@event
@dataclass(frozen=True, slots=True)
class TrustChanged(Event):
    """What boards count of a game has changed, or they have followed a change for some of its players."""

    kind: ClassVar[str] = "trust_changed"
    # What it moves must have been counted before.
    is_barrier: ClassVar[bool] = True

    game_id: UUID


@event
@dataclass(frozen=True, slots=True)
class StudioPlayersChanged(OfPlayers):
    """A studio has another member among the players, or one less."""

    kind: ClassVar[str] = "studio_players_changed"
    # As above.
    is_barrier: ClassVar[bool] = True

    studio_id: UUID
    player_id: UUID
