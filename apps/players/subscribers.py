"""Effects of events on players: those who are deleted go."""

from collections.abc import Sequence

from apps.core.background.outbox import record
from apps.core.background.relay import Step, subscribe
from apps.players.events import PlayersDeleted, PlayersErased
from apps.players.models import Player


@subscribe(PlayersDeleted)
def erase_after_this_step(events: Sequence[PlayersDeleted], step: Step) -> None:
    """Have all that is left of the players deleted, once the end of this step has them off the boards."""
    record([PlayersErased(event.player_ids, is_whole=True) for event in events])


@subscribe(PlayersErased)
def delete_rows(events: Sequence[PlayersErased], step: Step) -> None:
    """Delete the rows of whole players, with those that refer to them by a foreign key."""
    whole = [player_id for event in events if event.is_whole for player_id in event.player_ids]
    Player.objects.filter(pk__in=whole).delete()
