"""What follows in the ledger: long revocations go on, merged players' unlocks move."""

from collections.abc import Sequence

from apps.core.background.outbox import record
from apps.core.background.relay import Step, subscribe
from apps.core.redis.client import RedisAwayError
from apps.players.events import PlayersMerged
from apps.unlocks.events import RevocationContinues
from apps.unlocks.merging import move_ledger
from apps.unlocks.revocations import go_on


@subscribe(RevocationContinues)
def continue_revocations(events: Sequence[RevocationContinues], step: Step) -> None:
    """Carry out the next chunk of each."""
    for event in events:
        go_on(revocation_id=event.revocation_id)


@subscribe(PlayersMerged)
def move_ledgers(events: Sequence[PlayersMerged], step: Step) -> None:
    """Give each player what the one merged into them has, or later, when Redis is back."""
    for event in events:
        try:
            move_ledger(from_player_id=event.from_player_id, into_player_id=event.into_player_id)
        except RedisAwayError:
            record([event])
