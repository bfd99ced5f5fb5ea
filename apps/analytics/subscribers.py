"""Effects of unlocks on counters and statistics, and of merges on play time."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from uuid import UUID

from apps.analytics.counters import game_totals, unlock_counts
from apps.analytics.play_time.merging import move_play_time
from apps.analytics.rollups.player_statistics import mark_due, mark_players_due, retained_since
from apps.core.background.relay import Step, batch_writer, subscribe
from apps.core.clock import now
from apps.games.events import GameChanged
from apps.players.cache_versions import touch_players_now
from apps.players.events import PlayersMerged
from apps.unlocks.events import AchievementUnlocked, LedgerEvent, UnlockRestored, UnlockRevoked, UnlocksImported


@subscribe(AchievementUnlocked)
@subscribe(UnlockRestored)
def count_unlocks(events: Sequence[AchievementUnlocked | UnlockRestored], step: Step) -> None:
    """Add the unlocks to the counters."""
    step.collect(count, events)


@subscribe(UnlocksImported)
def count_imported(events: Sequence[UnlocksImported], step: Step) -> None:
    """Add imported unlocks to the counters, and mark the players' statistics from the first of theirs on."""
    unlocks = [unlock for event in events for unlock in event.unlocks()]
    step.collect(count, unlocks)
    firsts: dict[tuple[UUID, UUID], datetime] = {}
    for item in unlocks:
        key = item.player_id, item.game_id
        firsts[key] = min(item.unlocked_at, firsts.get(key, item.unlocked_at))
    mark_due((player_id, game_id, since) for (player_id, game_id), since in firsts.items())


@subscribe(AchievementUnlocked)
@subscribe(UnlockRestored)
@subscribe(UnlockRevoked)
def note_statistics(events: Sequence[AchievementUnlocked | UnlockRestored | UnlockRevoked], step: Step) -> None:
    """Mark the players' statistics of those games for recomputation."""
    mark_due((event.player_id, event.game_id, event.unlocked_at) for event in events)


@subscribe(GameChanged)
def note_totals(events: Sequence[GameChanged], step: Step) -> None:
    """Request a refresh of games' totals."""
    game_totals.mark_due()


@subscribe(UnlockRevoked)
def uncount_unlocks(events: Sequence[UnlockRevoked], step: Step) -> None:
    """Subtract the unlocks from the counters."""
    unlock_counts.add(
        per_achievement=_negative(Counter(event.achievement_id for event in events)),
        per_game=_negative(Counter(event.game_id for event in events)),
    )


@subscribe(PlayersMerged)
def move_play_times(events: Sequence[PlayersMerged], step: Step) -> None:
    """Add each merged player's play time to the surviving one's."""
    for event in events:
        move_play_time(from_player_id=event.from_player_id, into_player_id=event.into_player_id)
    ids = [player_id for event in events for player_id in (event.from_player_id, event.into_player_id)]
    # Unlocks arrive as revoked and restored; play time and old statistics are recomputed from here.
    mark_players_due(ids, retained_since(now()))
    step.after_commit.append(partial(touch_players_now, ids))


@batch_writer
def count(events: list[LedgerEvent], step: Step) -> None:
    """Count a step's unlocks together at its end, as everyone updates the rows of a popular game."""
    unlock_counts.add(
        per_achievement=Counter(event.achievement_id for event in events),
        per_game=Counter(event.game_id for event in events),
    )


def _negative(counts: Counter[UUID]) -> dict[UUID, int]:
    return {key: -count for key, count in counts.items()}
