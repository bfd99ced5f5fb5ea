"""What there is to earn in each game: a materialized view, refreshed beside its readers some moments after a change."""

from django.db import connection, transaction

from apps.core.background.relay import keeper
from apps.games.versions import touch_games_now

# Changes come in bursts, as a studio publishes one achievement after another: they share a refresh.
REFRESHED_EVERY_SECONDS = 2.0

_NOTE = "INSERT INTO totals_due (id) VALUES (1) ON CONFLICT DO NOTHING"
_CLAIM = "DELETE FROM totals_due WHERE id = 1 RETURNING true"
_REFRESH = "REFRESH MATERIALIZED VIEW CONCURRENTLY game_total"


def note_change() -> None:
    """Have the totals refreshed shortly. In the caller's transaction."""
    with connection.cursor() as cursor:
        cursor.execute(_NOTE)


def refresh() -> None:
    """Refresh the totals now. Readers go on with what was there until it is done."""
    with connection.cursor() as cursor:
        cursor.execute(_REFRESH)


@keeper(seconds=REFRESHED_EVERY_SECONDS)
@transaction.atomic
def refresh_when_due() -> None:
    """Refresh the totals if something has changed. Killed meanwhile, it stays due."""
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM)
        if cursor.fetchone() is not None:
            refresh()
            # What is cached with the totals of before is made anew.
            transaction.on_commit(touch_games_now, robust=True)
