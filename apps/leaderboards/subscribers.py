"""Effects of unlocks and revocations on boards and completions."""

import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from uuid import UUID

import structlog

from apps.core.background.outbox import record
from apps.core.background.relay import Step, StoppingError, batch_writer, periodic, stopping, subscribe
from apps.core.background.wakeup import wake_relay
from apps.core.clock import now
from apps.core.redis.client import RedisError, client
from apps.games.definitions import studio_players, trust_moves
from apps.games.events import AchievementArchived, BaseSetChanged, GameChanged, StudioPlayersChanged, TrustChanged
from apps.games.models import Game
from apps.leaderboards.boards.board import PLATFORM_ID, Board, boards_with_pages
from apps.leaderboards.boards.channel_groups import board_hints
from apps.leaderboards.boards.modes import Mode, scope_of
from apps.leaderboards.boards.page_versions import boards_showing, dropping
from apps.leaderboards.queries import hidden_in_hardcore
from apps.leaderboards.repair import lost_boards, rebuild
from apps.leaderboards.rivalry import overtakes
from apps.leaderboards.sorted_sets import board_sets, region_changes, state
from apps.leaderboards.standings import crowns, player_counts, recounting, standing_changes
from apps.leaderboards.standings.recounting import Recounted
from apps.leaderboards.standings.removing_unlocks import take
from apps.leaderboards.standings.standing_changes import AddedColumns, columns_of, columns_of_imports, unlocked_of
from apps.players.actions import erase, rulings
from apps.players.cache_versions import key_of
from apps.players.events import PlayerRuled, PlayersErased, PlayersMerged, ProfileChanged, RegionChanged
from apps.unlocks.events import (
    AchievementUnlocked,
    HardcoreEarned,
    HardcoreEvent,
    HardcoreRestored,
    HardcoreRevoked,
    LedgerEvent,
    UnlockRestored,
    UnlockRevoked,
    UnlocksImported,
)

log = structlog.get_logger(__name__)

TIMEOUT_SECONDS = 1.0
_chunk_size = recounting.ChunkSize()


@subscribe(AchievementUnlocked)
@subscribe(UnlockRestored)
def move_boards(events: Sequence[AchievementUnlocked | UnlockRestored], step: Step) -> None:
    """Add the unlocks to the standings and write the absolute totals to the sorted sets while the rows are locked."""
    _add(columns_of(events), step, _before(events))


@subscribe(UnlocksImported)
def move_boards_of_imports(events: Sequence[UnlocksImported], step: Step) -> None:
    """As move_boards; imports overtake nobody."""
    _add(columns_of_imports(events), step)


@subscribe(UnlocksImported)
def crown_imported(events: Sequence[UnlocksImported], step: Step) -> None:
    """Crown players who completed a game by an import, without notifying anyone."""
    crowns.record_crowns((player_id, event.game_id) for event in events for player_id in event.players)


def _add(unlocks: AddedColumns, step: Step, before: overtakes.Before | None = None, mode: Mode = Mode.CASUAL) -> None:
    current = state.read_state()
    changed = standing_changes.add_unlocks(unlocks, mode=mode)
    scores = board_sets.scores_of_moved(changed)
    try:
        touched, behind = _write(scores, current.rebuild_id)
        rivals_passed = overtakes.overtaken(client(timeout_seconds=TIMEOUT_SECONDS), before, scores) if before else []
    except (RedisError, OSError):
        _note_missed_write(current, len(changed))
        return
    record(rivals_passed)
    _notify(step, unlocks.players, touched, scores, behind)


@subscribe(AchievementUnlocked)
def note_completions(events: Sequence[AchievementUnlocked], step: Step) -> None:
    """Crown players who completed a game with these."""
    record(crowns.record_crowns(_pairs(events)))


@subscribe(AchievementArchived)
@subscribe(BaseSetChanged)
def note_completions_by_definitions(events: Sequence[AchievementArchived | BaseSetChanged], step: Step) -> None:
    """Crown players who lacked nothing else in a game."""
    record(crowns.record_crowns_in({event.game_id for event in events}))


@subscribe(UnlockRevoked)
def move_boards_back(events: Sequence[UnlockRevoked], step: Step) -> None:
    """Subtract the unlocks from the standings, and remove players without points from the boards."""
    changed = take(standing_changes.sums_of(unlocked_of(events)))
    _show(Recounted(changed, []), step, {event.player_id for event in events})


@subscribe(HardcoreEarned)
@subscribe(HardcoreRestored)
@subscribe(HardcoreRevoked)
def follow_modes(events: Sequence[HardcoreEvent], step: Step) -> None:
    """Have the hardcore boards follow at the end of the step."""
    step.collect(move_hardcore_boards, events)


@subscribe(UnlockRestored)
@subscribe(UnlockRevoked)
def settle_crowns(events: Sequence[UnlockRestored | UnlockRevoked], step: Step) -> None:
    """Withdraw crowns that rested on what was revoked, and give back those that have it again.

    After that a player may have completed the game without what was revoked, or with what was restored.
    """
    crowns.settle_crowns(
        crowns.Change(event.player_id, event.game_id, event.unlocked_at if isinstance(event, UnlockRevoked) else None)
        for event in events
    )
    record(crowns.record_crowns(_pairs(events)))


@subscribe(PlayersMerged)
def merge_crowns(events: Sequence[PlayersMerged], step: Step) -> None:
    """Give merged players' crowns to those they became."""
    for event in events:
        crowns.merge_crowns(from_player_id=event.from_player_id, into_player_id=event.into_player_id)


@subscribe(PlayersErased)
def erase_places(events: Sequence[PlayersErased], step: Step) -> None:
    """Delete the boards that players follow, and of deleted players their places, past and present."""
    erase(events, always=("board_follow",), whole=("standing", "rank_history", "final_place", "crown"))


@subscribe(RegionChanged)
def move_regions(events: Sequence[RegionChanged], step: Step) -> None:
    """Move players' entries from the boards of their old region to those of the new one."""
    current = state.read_state()
    moved = region_changes.move_standings([event.player_id for event in events])
    if not moved:
        return
    gone = region_changes.scores_of_left(moved)
    entered = region_changes.scores_of_entered(moved)
    if current.rebuild_id is not None:
        # A chunk read before has their old entry: the rebuild restarts.
        state.mark_stale()
    try:
        _write(entered, current.rebuild_id, gone)
    except (RedisError, OSError):
        _note_missed_write(current, len(moved))
        return
    _notify(step, {event.player_id for event in events}, [*entered, *gone], [*entered, *gone], [])


@subscribe(TrustChanged)
def follow_trust(events: Sequence[TrustChanged], step: Step) -> None:
    """Have a chunk of the games' players follow the rules that have changed."""
    step.collect(follow_changes, (event.game_id for event in events))


@subscribe(StudioPlayersChanged)
def follow_studios(events: Sequence[StudioPlayersChanged], step: Step) -> None:
    """Count players who joined or left a studio anew in its games."""
    step.collect(follow_members, ((event.studio_id, event.player_id) for event in events))


@subscribe(PlayerRuled)
def follow_rulings(events: Sequence[PlayerRuled], step: Step) -> None:
    """Count players anew whom operators have ruled on."""
    step.collect(follow_players, (event.player_id for event in events))


# After all casual standings, so that any two relays lock rows in one order.
@batch_writer
def move_hardcore_boards(events: list[HardcoreEvent], step: Step) -> None:
    """Add to the hardcore standings and write the sorted sets; then take what was revoked."""
    earned = [event for event in events if isinstance(event, HardcoreEarned)]
    restored = [event for event in events if isinstance(event, HardcoreRestored)]
    if earned:
        _add(columns_of(earned), step, _before(earned, Mode.HARDCORE), Mode.HARDCORE)
    if restored:
        _add(columns_of(restored), step, mode=Mode.HARDCORE)
    if revoked := [event for event in events if isinstance(event, HardcoreRevoked)]:
        changed = take(standing_changes.sums_of(unlocked_of(revoked), mode=Mode.HARDCORE))
        _show(Recounted(changed, []), step, {event.player_id for event in revoked})


# The next three come last in a step: what it counts by the rules before is in the standings then.
@batch_writer
def follow_changes(game_ids: list[UUID], step: Step) -> None:
    """Move one chunk of players to the rules of their game, and leave the rest to later steps."""
    game_id, *waiting = sorted(set(game_ids))
    began_at = time.monotonic()
    if (recounted := recounting.follow_change(game_id, _chunk_size.players)) is not None:
        _show(recounted, step, recounted.player_ids)
        waiting.append(game_id)
        _chunk_size.adapt(time.monotonic() - began_at)
    record(map(TrustChanged, waiting))
    step.after_commit.append(wake_relay)


@batch_writer
def follow_members(pairs: list[tuple[UUID, UUID]], step: Step) -> None:
    """Count players anew in the games of studios that they joined or left."""
    for studio_id, player_id in sorted(set(pairs)):
        recounted = recounting.follow_membership(studio_id, player_id)
        _show(recounted, step, recounted.player_ids)


@batch_writer
def follow_players(player_ids: list[UUID], step: Step) -> None:
    """Count players as operators have ruled, one after another: each may have earned thousands."""
    for player_id in rulings.players_to_follow(player_ids):
        recounted = recounting.follow_rulings([player_id])
        _show(recounted, step, recounted.player_ids)


@subscribe(ProfileChanged)
def drop_pages_of_players(events: Sequence[ProfileChanged], step: Step) -> None:
    """Drop the first pages of the players' boards, which show old profiles."""
    boards = boards_showing({event.player_id for event in events}, now())
    step.after_commit.append(dropping(boards, is_withdrawn=True))
    step.messages.append(partial(board_hints, {board.scope_id for board in boards}))


@subscribe(GameChanged)
def drop_pages_of_hidden_games(events: Sequence[GameChanged], step: Step) -> None:
    """Drop the first pages of unpublished games, and of hardcore boards where modes are off."""
    game_ids = {event.game_id for event in events}
    hidden = Game.objects.filter(pk__in=game_ids, is_published=False).values_list("pk", flat=True)
    hidden_scopes = {*hidden, *hidden_in_hardcore(game_ids)}
    boards = [board for scope_id in hidden_scopes for board in boards_with_pages(scope_id, now())]
    if boards:
        step.after_commit.append(dropping(boards, is_withdrawn=True))
        # Nobody may watch them any more.
        step.messages.append(partial(board_hints, set(hidden), "board.hidden"))
        step.messages.append(partial(board_hints, hidden_scopes - set(hidden)))


@periodic(seconds=1)
def keep_boards() -> None:
    """Rebuild the boards when Redis has lost them, or missed a write."""
    state.release_expired()
    with _another_time():
        if rebuild.is_rebuild_needed():
            rebuild.rebuild_boards(progress=_stop_on_request)


@periodic(seconds=lost_boards.CHECK_SECONDS)
def fold_player_counts() -> None:
    """Fold what has been counted since into one row a scope."""
    player_counts.fold()


@periodic(seconds=lost_boards.CHECK_SECONDS)
def note_what_to_follow() -> None:
    """Have boards follow who joined or left a studio, and changes of games' rules whose event is lost."""
    studio_players.note_differences()
    trust_moves.note_moves()


@periodic(seconds=lost_boards.CHECK_SECONDS)
def keep_sizes() -> None:
    """Repair boards that are incomplete in Redis."""
    with _another_time():
        if lost_boards.is_my_turn():
            lost_boards.check(now(), _stop_on_request)


@contextmanager
def _another_time() -> Iterator[None]:
    """Leave for the next check what can't be done now: another rebuild, shutdown, or Redis unavailable."""
    try:
        yield
    except rebuild.RebuildUnderWayError:
        return
    except (RedisError, OSError, StoppingError):
        log.info("boards.rebuild_waits")


def _stop_on_request(places: int) -> None:
    if stopping.is_set():
        raise StoppingError


def _pairs(events: Sequence[LedgerEvent]) -> set[crowns.Pair]:
    return {(event.player_id, event.game_id) for event in events}


def _show(recounted: Recounted, step: Step, player_ids: Collection[UUID]) -> None:
    """Write standings that were taken from, and added to after that, to the sorted sets: only what they have now."""
    current = state.read_state()
    held, gone = board_sets.held_and_gone(recounted.taken, recounted.added)
    if gone and current.rebuild_id is not None:
        # A chunk read before would bring them back: the rebuild restarts.
        state.mark_stale()
    try:
        touched, behind = _write(held, current.rebuild_id, gone)
    except (RedisError, OSError):
        _note_missed_write(current, len(recounted.taken) + len(recounted.added))
        return
    # Leaving a first page changes it as much as entering it.
    boards = {*board_sets.boards_of(recounted.taken), *touched}
    _notify(step, player_ids, boards, boards, behind)


def _before(events: Sequence[LedgerEvent], mode: Mode = Mode.CASUAL) -> overtakes.Before | None:
    """Return the players' ranks before they move; restored unlocks overtake nobody."""
    if isinstance(events[0], UnlockRestored):
        return None
    game_ids = {item.game_id for item in events}
    scopes = game_ids | {PLATFORM_ID} if mode == Mode.CASUAL else {scope_of(game_id, mode) for game_id in game_ids}
    return overtakes.scores_before({item.player_id for item in events}, scopes, now())


def _note_missed_write(current: state.BoardsState, count: int) -> None:
    """Record it: the standings are right, and keep_boards rebuilds the boards once Redis is back."""
    log.warning("boards.redis_down", standings=count)
    if not current.is_stale:
        state.mark_stale()


def _notify(
    step: Step, player_ids: Collection[UUID], touched: Iterable[Board], boards: Iterable[Board], behind: list[Board]
) -> None:
    step.version_keys.update(map(key_of, player_ids))
    step.after_commit.append(dropping(list(touched), behind=behind))
    step.messages.append(partial(board_hints, {board.scope_id for board in boards}))


def _write(
    scores: board_sets.Scores, rebuild_id: UUID | None, gone: board_sets.Scores | None = None
) -> tuple[list[Board], list[Board]]:
    """Write the scores, during a rebuild to its key space too, and remove those gone, in one round trip.

    Returns what board_sets.reach_of does.
    """
    pipeline = client(timeout_seconds=TIMEOUT_SECONDS).pipeline(transaction=False)
    board_sets.remove_members(pipeline, gone or {})
    if rebuild_id is not None:
        board_sets.write_scores(pipeline, scores, space=board_sets.aside(rebuild_id))
    board_sets.write_scores(pipeline, scores)
    board_sets.queue_reach_reads(pipeline, scores)
    return board_sets.reach_of(scores, pipeline.execute())
