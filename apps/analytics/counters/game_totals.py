"""Totals to earn in each game: a materialized view, refreshed without blocking readers soon after a change."""

from django.db import connection, transaction

from apps.core.background.relay import periodic
from apps.games.cache_versions import touch_games_now

# Changes come in bursts, as a studio publishes several achievements in a row: they share a refresh.
REFRESHED_EVERY_SECONDS = 2.0

_MARK_DUE = "INSERT INTO totals_due (id) VALUES (1) ON CONFLICT DO NOTHING"
_CLAIM_DUE = "DELETE FROM totals_due WHERE id = 1 RETURNING true"
_REFRESH = "REFRESH MATERIALIZED VIEW CONCURRENTLY game_total"


def mark_due() -> None:
    """Request a refresh of the totals. In the caller's transaction."""
    with connection.cursor() as cursor:
        cursor.execute(_MARK_DUE)


def refresh() -> None:
    """Refresh the totals. Readers see the old ones until it is done."""
    with connection.cursor() as cursor:
        cursor.execute(_REFRESH)


@periodic(seconds=REFRESHED_EVERY_SECONDS)
@transaction.atomic
def refresh_when_due() -> None:
    """Refresh the totals if anything has changed. A killed run stays due."""
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM_DUE)
        if cursor.fetchone() is not None:
            refresh()
            # Invalidate caches that hold the old totals.
            transaction.on_commit(touch_games_now, robust=True)
