"""Effects of events on the ledger: long revocations continue, merged players' unlocks move."""

from collections.abc import Sequence

from apps.core.background.outbox import record
from apps.core.background.relay import Step, subscribe
from apps.core.redis.client import RedisUnavailableError
from apps.players.events import PlayersMerged
from apps.unlocks.events import RevocationContinues
from apps.unlocks.merging import move_ledger
from apps.unlocks.revocations import go_on


@subscribe(RevocationContinues)
def continue_revocations(events: Sequence[RevocationContinues], step: Step) -> None:
    """Process the next chunk of each."""
    for event in events:
        go_on(revocation_id=event.revocation_id)


@subscribe(PlayersMerged)
def move_ledgers(events: Sequence[PlayersMerged], step: Step) -> None:
    """Move each merged player's unlocks to the surviving one, later if Redis is down."""
    for event in events:
        try:
            move_ledger(from_player_id=event.from_player_id, into_player_id=event.into_player_id)
        except RedisUnavailableError:
            record([event])
