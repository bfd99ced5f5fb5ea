"""Scheduled jobs of the boards; achievements_site/schedule.py lists their times."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

from apps.core.background import relay
from apps.core.background.scheduled_jobs import DAY, Counts, JobContext, SlotNotReadyError, job
from apps.core.ids import NIL
from apps.games.definitions import trust_moves
from apps.leaderboards.boards.board import PLATFORM_ID
from apps.leaderboards.boards.modes import game_of
from apps.leaderboards.models import Window
from apps.leaderboards.repair import reconciliation
from apps.leaderboards.results import window_closing
from apps.leaderboards.standings import rank_history

PLAYERS_AT_ONCE = 500
PLAYERS_SAMPLED = 200


@job(name="close_windows", every=DAY, slots_max=35, delay=window_closing.CLOSES_AFTER)
def close_windows(context: JobContext) -> Iterator[Counts]:
    """Store the final places of windows that ended with the day, once everything reported by then is counted."""
    if relay.is_behind(context.ends_at + window_closing.CLOSES_AFTER):
        raise SlotNotReadyError("The relay has yet to count what was reported before the windows close.")
    for scope_id in _settled_scopes(context):
        for closing in window_closing.closings_of(context.slot.date(), scope_id):
            yield {"windows": 1, "places": window_closing.close(closing, context.moment)}


@job(name="keep_ranks", every=DAY)
def keep_ranks(context: JobContext) -> Iterator[Counts]:
    """Store everyone's rank at the end of the day."""
    for scope_id in _settled_scopes(context):
        yield {"ranks": rank_history.store_ranks(scope_id, context.slot.date())}


@job(name="trim_standings", every=DAY)
def trim_standings(context: JobContext) -> Iterator[Counts]:
    """Delete standings of closed windows whose boards are gone."""
    for scope_id in window_closing.scopes():
        for window in (Window.DAY, Window.WEEK, Window.MONTH):
            while trimmed := window_closing.trim_standings(scope_id, window, context.moment):
                yield {"standings": trimmed}


# Without a surrounding transaction: relays would wait for whole chunks and miss a rebuild. Both may be repeated.
@job(name="sample_boards", every=timedelta(minutes=10), is_atomic=False)
def sample_boards(context: JobContext) -> Iterator[Counts]:
    """Compare a sample of players' standings and entries with the ledger."""
    players = reconciliation.some_players(limit=PLAYERS_SAMPLED)
    yield reconciliation.reconcile_players(players, context.moment, is_dry=context.is_dry).as_counts()


@job(name="reconcile_boards", every=DAY, is_atomic=False)
def reconcile_boards(context: JobContext) -> Iterator[Counts]:
    """Compare everyone's standings and entries with the ledger, then the boards' sizes with the standings."""
    while players := reconciliation.next_players(UUID(context.cursor.get("after", str(NIL))), limit=PLAYERS_AT_ONCE):
        context.cursor["after"] = str(players[-1])
        yield reconciliation.reconcile_players(players, context.moment, is_dry=context.is_dry).as_counts()
    for scope_id in window_closing.scopes():
        yield reconciliation.reconcile_sizes(scope_id, context.moment, is_dry=context.is_dry).as_counts()


def _settled_scopes(context: JobContext) -> Iterator[UUID]:
    """Yield the scopes left to do whose boards follow no change of what counts: of its players only some have moved.

    Raises: SlotNotReadyError after those, if others are left for the next attempt.
    """
    left = []
    for scope_id in map(UUID, context.cursor.get("left", map(str, window_closing.scopes()))):
        if trust_moves.is_moving(None if scope_id == PLATFORM_ID else game_of(scope_id)):
            left.append(str(scope_id))
        else:
            yield scope_id
    if left:
        context.cursor["left"] = left
        raise SlotNotReadyError("Boards are following a change of what counts on them.")
