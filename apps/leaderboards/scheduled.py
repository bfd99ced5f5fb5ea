"""The boards' jobs; achievements_site/schedule.py says when each is looked at."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

from apps.core.background import relay
from apps.core.background.scheduled_jobs import DAY, Counts, NotYetError, Turn, job
from apps.core.ids import NIL
from apps.leaderboards.models import Window
from apps.leaderboards.repair import reconciliation
from apps.leaderboards.results import window_closing
from apps.leaderboards.standings import rank_history

PLAYERS_AT_ONCE = 500
PLAYERS_SAMPLED = 200


@job(name="close_windows", every=DAY, slots_max=35, waits=window_closing.CLOSES_AFTER)
def close_windows(turn: Turn) -> Iterator[Counts]:
    """Keep the final places of the windows that ended with the day, once all that was reported by then counts."""
    if relay.is_behind(turn.ends_at + window_closing.CLOSES_AFTER):
        raise NotYetError("The relay has yet to count what was reported before the windows close.")
    for closing in window_closing.closings_of(turn.slot.date()):
        yield {"windows": 1, "places": window_closing.close(closing, turn.moment)}


@job(name="keep_ranks", every=DAY)
def keep_ranks(turn: Turn) -> Iterator[Counts]:
    """Keep where everyone stands at the end of the day."""
    for scope_id in window_closing.scopes():
        yield {"ranks": rank_history.keep_ranks(scope_id, turn.slot.date())}


@job(name="trim_standings", every=DAY)
def trim_standings(turn: Turn) -> Iterator[Counts]:
    """Delete the standings of windows that closed so long ago that their boards are gone."""
    for scope_id in window_closing.scopes():
        for window in (Window.DAY, Window.WEEK, Window.MONTH):
            while trimmed := window_closing.trim_standings(scope_id, window, turn.moment):
                yield {"standings": trimmed}


# Without a transaction around them, or relays would wait for whole chunks and see no rebuild; both may be repeated.
@job(name="sample_boards", every=timedelta(minutes=10), is_atomic=False)
def sample_boards(turn: Turn) -> Iterator[Counts]:
    """Hold some players' standings and entries against the ledger, wherever they are."""
    players = reconciliation.some_players(limit=PLAYERS_SAMPLED)
    yield reconciliation.reconcile_players(players, turn.moment, is_dry=turn.is_dry).as_counts()


@job(name="reconcile_boards", every=DAY, is_atomic=False)
def reconcile_boards(turn: Turn) -> Iterator[Counts]:
    """Hold everyone's standings and entries against the ledger, then the boards' sizes against the standings."""
    while players := reconciliation.next_players(UUID(turn.cursor.get("after", str(NIL))), limit=PLAYERS_AT_ONCE):
        turn.cursor["after"] = str(players[-1])
        yield reconciliation.reconcile_players(players, turn.moment, is_dry=turn.is_dry).as_counts()
    for scope_id in window_closing.scopes():
        yield reconciliation.reconcile_sizes(scope_id, turn.moment, is_dry=turn.is_dry).as_counts()
