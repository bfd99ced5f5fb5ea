"""Effects of unlocks on counters and statistics, and of merges on play time."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TypeVar
from uuid import UUID

from apps.analytics.counters import game_totals, unlock_counts
from apps.analytics.play_time.merging import move_play_time
from apps.analytics.rollups.player_statistics import (
    mark_columns_due,
    mark_due,
    mark_players_due,
    retained_since,
)
from apps.core.background.relay import Step, batch_writer, subscribe
from apps.core.clock import now
from apps.games.events import GameChanged
from apps.leaderboards.standings import recounting
from apps.leaderboards.standings.standing_changes import Unlocked, columns_of_imports
from apps.players.actions import erase, rulings
from apps.players.events import PlayerRuled, PlayersErased, PlayersMerged
from apps.players.queries import uncounted_among
from apps.unlocks.events import AchievementUnlocked, LedgerEvent, UnlockRestored, UnlockRevoked, UnlocksImported

E = TypeVar("E", bound=LedgerEvent)
# Of a game's achievement, how many more unlocks.
Count = tuple[UUID, UUID, int]


@subscribe(AchievementUnlocked)
@subscribe(UnlockRestored)
def count_unlocks(events: Sequence[AchievementUnlocked | UnlockRestored], step: Step) -> None:
    """Add the unlocks to the counters, but for players whom operators leave out."""
    step.collect(count, _counts(_of_players(events)))


@subscribe(UnlocksImported)
def count_imported(events: Sequence[UnlocksImported], step: Step) -> None:
    """Add imported unlocks to the counters, and mark the players' statistics from the first of theirs on."""
    left_out = uncounted_among({player_id for event in events for player_id in event.players})
    for event in events:
        step.collect(count, [(event.game_id, *counted) for counted in event.counts(left_out).items()])
    unlocks = columns_of_imports(events)
    mark_columns_due(player_ids=unlocks.player_ids, game_ids=unlocks.game_ids, sinces=unlocks.unlocked_ats)


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
    _add(_counts(_of_players(events), -1))


@subscribe(PlayerRuled)
def recount_players(events: Sequence[PlayerRuled], step: Step) -> None:
    """Take all of a player's unlocks out of the counters, or put them back, and compute their statistics again.

    Before boards let the player count otherwise, which is at the end of the step.
    """
    for player_id, will_count in rulings.players_to_follow({event.player_id for event in events}).items():
        unlocks = recounting.counted_unlocks([player_id])
        _add(_counts(unlocks, 1 if will_count else -1))
        mark_players_due([player_id], retained_since(now()))


@subscribe(PlayersMerged)
def move_play_times(events: Sequence[PlayersMerged], step: Step) -> None:
    """Add each merged player's play time to the surviving one's."""
    for event in events:
        move_play_time(from_player_id=event.from_player_id, into_player_id=event.into_player_id)
    ids = [player_id for event in events for player_id in (event.from_player_id, event.into_player_id)]
    # Unlocks arrive as revoked and restored; play time and old statistics are recomputed from here.
    mark_players_due(ids, retained_since(now()))


@subscribe(PlayersErased)
def erase_play(events: Sequence[PlayersErased], step: Step) -> None:
    """Delete deleted players' play time and statistics; games' own sums stay."""
    erase(events, whole=("play_session", "play_time", "player_statistics", "statistics_due"))


@batch_writer
def count(counts: list[Count], step: Step) -> None:
    """Count a step's unlocks together at its end, as everyone updates the rows of a popular game."""
    _add(counts)


def _of_players(events: Sequence[E]) -> list[E]:
    """Return the events of players who count. One query."""
    left_out = uncounted_among({event.player_id for event in events})
    return [event for event in events if event.player_id not in left_out]


def _counts(unlocks: Iterable[LedgerEvent | Unlocked], times: int = 1) -> list[Count]:
    return [(item.game_id, item.achievement_id, times) for item in unlocks]


def _add(counts: Iterable[Count]) -> None:
    per_achievement, per_game = Counter[UUID](), Counter[UUID]()
    for game_id, achievement_id, count_ in counts:
        per_achievement[achievement_id] += count_
        per_game[game_id] += count_
    unlock_counts.add(per_achievement=per_achievement, per_game=per_game)
