"""Effects of events on players: those who are deleted go, and nothing cached shows who they were."""

from collections.abc import Sequence
from functools import partial

from apps.core.background.outbox import record
from apps.core.background.relay import Step, subscribe
from apps.players.cache_versions import touch_profiles_now
from apps.players.events import PlayersDeleted, PlayersErased, PlayersMerged, ProfileChanged, RegionChanged
from apps.players.models import Player


@subscribe(ProfileChanged)
@subscribe(RegionChanged)
def drop_cached_profiles(events: Sequence[ProfileChanged | RegionChanged], step: Step) -> None:
    """Drop what is cached with these players, should the process that changed them have ended before it did."""
    step.after_commit.append(partial(touch_profiles_now, {event.player_id for event in events}))


@subscribe(PlayersMerged)
def drop_cached_pairs(events: Sequence[PlayersMerged], step: Step) -> None:
    """Drop what is cached with either of the two."""
    ids = {player_id for event in events for player_id in (event.from_player_id, event.into_player_id)}
    step.after_commit.append(partial(touch_profiles_now, ids))


@subscribe(PlayersDeleted)
def erase_after_this_step(events: Sequence[PlayersDeleted], step: Step) -> None:
    """Have all that is left of the players deleted, once the end of this step has them off the boards."""
    record([PlayersErased(event.player_ids, is_whole=True) for event in events])


@subscribe(PlayersErased)
def delete_rows(events: Sequence[PlayersErased], step: Step) -> None:
    """Delete the rows of whole players, with those that refer to them by a foreign key."""
    whole = [player_id for event in events if event.is_whole for player_id in event.player_ids]
    Player.objects.filter(pk__in=whole).delete()
    step.after_commit.append(partial(touch_profiles_now, whole))
