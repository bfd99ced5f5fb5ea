"""What follows in the ledger from its own events: long revocations go on."""

from collections.abc import Sequence

from apps.core.relay import Step, subscribe
from apps.unlocks.events import RevocationContinues
from apps.unlocks.revocations import go_on


@subscribe(RevocationContinues)
def continue_revocations(events: Sequence[RevocationContinues], step: Step) -> None:
    """Carry out the next chunk of each."""
    for event in events:
        go_on(revocation_id=event.revocation_id)
