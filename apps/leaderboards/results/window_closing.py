"""Closes windows: the first thousand places of each are stored, and its standings are dropped later.

A window closes an hour after its end. Later reports, as from offline play, still move its board while it is retained,
but award no medals.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from apps.core.background.outbox import record
from apps.core.database.sql import fetch_column
from apps.games.models import Game
from apps.leaderboards.boards.board import PLATFORM_ID
from apps.leaderboards.boards.modes import hardcore_scope_sql
from apps.leaderboards.boards.windows import RETENTION_AFTER_CLOSING, closes_at, opened_on
from apps.leaderboards.events import WindowClosed
from apps.leaderboards.kinds.points import POINTS
from apps.leaderboards.models import Window
from apps.leaderboards.standings.board_sizes import APPEND
from apps.leaderboards.standings.player_counts import COUNTED

PLACES_STORED = 1_000
CLOSES_AFTER = timedelta(hours=1)
ROWS_AT_ONCE = 5_000

_CLOSE = f"""
WITH closed AS (
    INSERT INTO closed_window (scope_id, "window", opened_on, closed_at, player_count)
    SELECT %(scope_id)s, %(window)s, %(opened_on)s, %(moment)s, count(*) FROM standing
    WHERE scope_id = %(scope_id)s AND "window" = %(window)s AND opened_on = %(opened_on)s AND points > 0
    HAVING count(*) > 0
    ON CONFLICT DO NOTHING
    RETURNING true
)
INSERT INTO final_place (
    player_id, scope_id, "window", opened_on, rank, points, unlock_count, reached_at, region)
SELECT player_id, scope_id, "window", opened_on, row_number() OVER (ORDER BY {POINTS.sql}),
    points, unlock_count, reached_at, region
FROM (
    SELECT * FROM standing
    WHERE scope_id = %(scope_id)s AND "window" = %(window)s AND opened_on = %(opened_on)s AND points > 0
        AND EXISTS (SELECT FROM closed)
    ORDER BY {POINTS.sql} LIMIT %(places)s) best
ORDER BY player_id
"""  # noqa: S608 - put together from constants
_TRIM = f"""
WITH gone AS (
DELETE FROM standing WHERE (player_id, scope_id, "window", opened_on) IN (
    SELECT player_id, scope_id, "window", opened_on FROM standing
    WHERE scope_id = %(scope_id)s AND "window" = %(window)s AND opened_on < %(before)s LIMIT %(limit)s)
RETURNING scope_id, "window", opened_on, region, points
), shrunk AS (
{APPEND}
SELECT scope_id, "window", opened_on, region, -count(*) FROM gone WHERE points > 0 GROUP BY 1, 2, 3, 4
)
SELECT count(*) FROM gone
"""  # noqa: S608 - put together from constants
# Also those that only standings know of, which have none to lose.
_IN_HARDCORE = f"""
SELECT s.scope_id FROM game g, LATERAL (SELECT {hardcore_scope_sql("g.id")} AS scope_id) s
WHERE EXISTS (SELECT FROM hardcore_unlock h WHERE h.game_id = g.id)
    OR EXISTS (SELECT FROM ({COUNTED}) c WHERE c.scope_id = s.scope_id)
ORDER BY s.scope_id
"""  # noqa: S608 - put together from constants


@dataclass(frozen=True, slots=True)
class Closing:
    """A scope's window that has ended."""

    scope_id: UUID
    window: Window
    opened_on: date


def closings_of(day: date, scope_id: UUID) -> Iterator[Closing]:
    """Yield a scope's windows that end with this day (UTC)."""
    last_moment = datetime.combine(day, datetime.max.time(), UTC)
    for window in (Window.DAY, Window.WEEK, Window.MONTH):
        opened = opened_on(window, last_moment)
        closes = closes_at(window, opened)
        if closes is not None and closes.date() == day + timedelta(days=1):
            yield Closing(scope_id, window, opened)


def scopes() -> list[UUID]:
    """Return every scope with boards: the platform, all games, and the hardcore of those played so, shown or not."""
    return [PLATFORM_ID, *Game.objects.order_by("pk").values_list("pk", flat=True), *fetch_column(_IN_HARDCORE)]


def close(closing: Closing, moment: datetime) -> int:
    """Store a window's final places unless it is closed already; return their number. Repeating it changes nothing."""
    chosen: dict[str, Any] = {
        "scope_id": closing.scope_id,
        "window": closing.window.value,
        "opened_on": closing.opened_on,
        "moment": moment,
        "places": PLACES_STORED,
    }
    with connection.cursor() as cursor:
        cursor.execute(_CLOSE, chosen)
        stored = int(cursor.rowcount)
    if stored:
        record([WindowClosed(closing.scope_id, closing.window.value, closing.opened_on)])
    return stored


def trim_standings(scope_id: UUID, window: Window, moment: datetime, *, limit: int = ROWS_AT_ONCE) -> int:
    """Delete standings of windows whose boards are gone; return how many, up to `limit`."""
    # Every window that opened before the one that closed RETENTION_AFTER_CLOSING ago has closed earlier.
    before = opened_on(window, moment - RETENTION_AFTER_CLOSING)
    with connection.cursor() as cursor:
        cursor.execute(_TRIM, {"scope_id": scope_id, "window": window.value, "before": before, "limit": limit})
        return int(cursor.fetchone()[0])
