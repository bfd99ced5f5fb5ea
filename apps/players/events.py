"""Events that players emit."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from apps.core.background.outbox import Event, event
from apps.players.cache_versions import OfProfiles


@event
@dataclass(frozen=True, slots=True)
class RegionChanged(OfProfiles):
    """A player has moved to another region: they leave the old one's boards for the new one's."""

    kind: ClassVar[str] = "region_changed"
    # It moves all entries of a player, so none may change at the same time.
    is_barrier: ClassVar[bool] = True

    player_id: UUID


@event
@dataclass(frozen=True, slots=True)
class ProfileChanged(OfProfiles):
    """A player's profile has changed: name, picture or visibility."""

    kind: ClassVar[str] = "profile_changed"

    player_id: UUID


@event
@dataclass(frozen=True, slots=True)
class PlayerRuled(OfProfiles):
    """An operator has banned or untracked a player, or undone it."""

    kind: ClassVar[str] = "player_ruled"
    # It moves all that a player has, so none of it may change at the same time.
    is_barrier: ClassVar[bool] = True

    player_id: UUID


@event
@dataclass(frozen=True, slots=True)
class PlayerFollowed(Event):
    """A player follows another for the first time, or again."""

    kind: ClassVar[str] = "player_followed"

    follower_id: UUID
    followed_id: UUID
    followed_at: datetime


@event
@dataclass(frozen=True, slots=True)
class PlayersMerged(OfProfiles):
    """Two players turned out to be one person: the first's unlocks belong to the second from now on.

    May be emitted again for the same two, when something was recorded for the first during the merge.
    """

    kind: ClassVar[str] = "players_merged"
    # It removes the first player's unlocks from the counts, so they must have been counted before.
    is_barrier: ClassVar[bool] = True

    from_player_id: UUID
    into_player_id: UUID


@event
@dataclass(frozen=True, slots=True)
class PlayersDeleted(OfProfiles):
    """Players are to go, after their rulings, recorded before it, which take them off boards and out of counters."""

    kind: ClassVar[str] = "players_deleted"
    # In a step with the rulings or after it.
    is_barrier: ClassVar[bool] = True

    player_ids: tuple[UUID, ...]


@event
@dataclass(frozen=True, slots=True)
class PlayersErased(OfProfiles):
    """What names these players is deleted; what is theirs alone follows, and all that they earned if `is_whole`."""

    kind: ClassVar[str] = "players_erased"
    # It deletes rows that steps write, in an order of its own.
    is_barrier: ClassVar[bool] = True

    player_ids: tuple[UUID, ...]
    is_whole: bool
