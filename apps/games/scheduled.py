"""The games' jobs; achievements_site/schedule.py says when each is looked at."""

from collections.abc import Iterator

from apps.core.background.scheduled_jobs import DAY, Counts, Turn, job
from apps.games import actions

ROWS_AT_ONCE = 5_000


@job(name="forget_tokens", every=DAY)
def forget_tokens(turn: Turn) -> Iterator[Counts]:
    """Forget what player tokens came from that ran out a week ago."""
    while forgotten := actions.forget_tokens(rows_max=ROWS_AT_ONCE):
        yield {"tokens_forgotten": forgotten}
