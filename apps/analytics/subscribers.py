"""What follows from an unlock in the counts."""

from collections import Counter
from collections.abc import Sequence

from apps.analytics import counters
from apps.core.relay import Step, subscribe
from apps.unlocks.events import AchievementUnlocked


@subscribe(AchievementUnlocked)
def count_unlocks(events: Sequence[AchievementUnlocked], step: Step) -> None:
    """Add the unlocks to the counters. Comes late in a step, as the rows of a popular game are everyone's."""
    counters.add(
        per_achievement=Counter(event.achievement_id for event in events),
        per_game=Counter(event.game_id for event in events),
    )
