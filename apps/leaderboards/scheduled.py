"""The boards' jobs; achievements_site/schedule.py says when each is looked at."""

from collections.abc import Iterator

from apps.core.jobs import DAY, Counts, Turn, job
from apps.leaderboards import closings, rank_history
from apps.leaderboards.models import Window


@job(name="close_windows", every=DAY, slots_max=35, waits=closings.CLOSES_AFTER)
def close_windows(turn: Turn) -> Iterator[Counts]:
    """Keep the final places of the windows that ended with the day."""
    for closing in closings.closings_of(turn.slot.date()):
        yield {"windows": 1, "places": closings.close(closing, turn.moment)}


@job(name="keep_ranks", every=DAY)
def keep_ranks(turn: Turn) -> Iterator[Counts]:
    """Keep where everyone stands at the end of the day."""
    for scope_id in closings.scopes():
        yield {"ranks": rank_history.keep_ranks(scope_id, turn.slot.date())}


@job(name="trim_standings", every=DAY)
def trim_standings(turn: Turn) -> Iterator[Counts]:
    """Delete the standings of windows that closed so long ago that their boards are gone."""
    for scope_id in closings.scopes():
        for window in (Window.DAY, Window.WEEK, Window.MONTH):
            while trimmed := closings.trim_standings(scope_id, window, turn.moment):
                yield {"standings": trimmed}
