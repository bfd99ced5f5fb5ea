"""What follows from an unlock in the counts."""

from collections import Counter
from collections.abc import Sequence
from uuid import UUID

from apps.analytics import counters
from apps.core.relay import Step, subscribe
from apps.unlocks.events import AchievementUnlocked, UnlockRestored, UnlockRevoked


@subscribe(AchievementUnlocked)
@subscribe(UnlockRestored)
def count_unlocks(events: Sequence[AchievementUnlocked | UnlockRestored], step: Step) -> None:
    """Add the unlocks to the counters. Comes late in a step, as the rows of a popular game are everyone's."""
    counters.add(
        per_achievement=Counter(event.achievement_id for event in events),
        per_game=Counter(event.game_id for event in events),
    )


@subscribe(UnlockRevoked)
def uncount_unlocks(events: Sequence[UnlockRevoked], step: Step) -> None:
    """Take the unlocks out of the counters."""
    counters.add(
        per_achievement=_negative(Counter(event.achievement_id for event in events)),
        per_game=_negative(Counter(event.game_id for event in events)),
    )


def _negative(counts: Counter[UUID]) -> dict[UUID, int]:
    return {key: -count for key, count in counts.items()}
