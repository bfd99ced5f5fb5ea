"""What players tell the rest of the house."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from apps.core.background.outbox import Event, event


@event
@dataclass(frozen=True, slots=True)
class RegionChanged(Event):
    """A player lives in another region now: they leave the old one's boards for the new one's."""

    kind: ClassVar[str] = "region_changed"
    # It moves all of a player's entries, none of which may move under it.
    is_barrier: ClassVar[bool] = True

    player_id: UUID


@event
@dataclass(frozen=True, slots=True)
class ProfileChanged(Event):
    """A player shows themselves otherwise: by name or picture, or to whom."""

    kind: ClassVar[str] = "profile_changed"

    player_id: UUID


@event
@dataclass(frozen=True, slots=True)
class PlayerFollowed(Event):
    """A player follows another, whom they did not follow before."""

    kind: ClassVar[str] = "player_followed"

    follower_id: UUID
    followed_id: UUID
    followed_at: datetime


@event
@dataclass(frozen=True, slots=True)
class PlayersMerged(Event):
    """Two players turned out to be one person: what the first has earned is the second's from now on.

    May come again for the same two, when something was recorded for the first while they were merged.
    """

    kind: ClassVar[str] = "players_merged"
    # It takes the first player's unlocks back, which must have counted before.
    is_barrier: ClassVar[bool] = True

    from_player_id: UUID
    into_player_id: UUID
