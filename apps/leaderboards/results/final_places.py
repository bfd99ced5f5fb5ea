"""Reads of closed windows: their winners, and a player's medals."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import F, Func, Q, QuerySet, UUIDField
from django.utils.translation import gettext_noop

from apps.core.api.auth.callers import Caller
from apps.core.errors import NotFoundError
from apps.core.media import media_url
from apps.games.queries import games_named_to
from apps.leaderboards.board_rows import BoardRow, PlayerSummary
from apps.leaderboards.boards.board import PLATFORM_ID, Board
from apps.leaderboards.boards.modes import hardcore_scope_sql
from apps.leaderboards.models import FinalPlace, Window
from apps.leaderboards.results.window_closing import PLACES_STORED
from apps.players.models import Player
from apps.players.queries import ANYONE, VIEWER_SQL, Viewer
from apps.players.querysets import seen_sql

WINDOWS_LISTED = 50
LEADERS = 3
# The lowest rank of each medal; the last covers all stored places.
_MEDALS = ((1, "gold"), (2, "silver"), (3, "bronze"), (10, "top_10"), (100, "top_100"), (PLACES_STORED, "top_1000"))
MEDALS = tuple(name for _, name in _MEDALS)

_WINDOWS = """
SELECT scope_id, "window", opened_on, closed_at, player_count FROM closed_window
WHERE scope_id = %(scope_id)s AND "window" = %(window)s ORDER BY opened_on DESC LIMIT %(limit)s
"""
# Merged players are followed.
_PLACES = f"""
SELECT f.opened_on, f.rank, q.id, q.handle, q.display_name, f.region, q.avatar, f.points, f.unlock_count, f.reached_at,
    {seen_sql("q", "viewer.id")}
FROM final_place f JOIN player p ON p.id = f.player_id
JOIN player q ON q.id = coalesce(p.merged_into_id, p.id) AND q.banned_at IS NULL
CROSS JOIN {VIEWER_SQL} viewer
WHERE f.scope_id = %(scope_id)s AND f."window" = %(window)s AND f.opened_on = ANY (%(opened)s)
    AND f.rank > %(after)s AND f.rank <= %(until)s
ORDER BY f.opened_on DESC, f.rank
"""  # noqa: S608 - put together from constants


class WindowNotClosedError(NotFoundError):
    code = "window_not_closed"
    detail = gettext_noop("No window of this board closed that began on this day, or nobody was on it.")


@dataclass(frozen=True, slots=True)
class WindowResult:
    """A closed window, and its first few places."""

    board: Board
    closed_at: datetime
    total_players: int
    rows: list[BoardRow]


def medal_of(rank: int) -> str:
    """Return the medal of a final rank, 1 to PLACES_STORED."""
    return next(name for last, name in _MEDALS if rank <= last)


def places_of(player: Player, caller: Caller | None = None) -> QuerySet[FinalPlace]:
    """Return a player's final places in the games listed for a caller, those of players merged into them included."""
    ids = Player.objects.filter(Q(pk=player.pk) | Q(merged_into=player)).values("pk")
    games = games_named_to(caller)
    scope: Any = Func(F("pk"), template=hardcore_scope_sql("%(expressions)s"), output_field=UUIDField())
    hardcore = games.filter(has_modes=True).annotate(hardcore_scope=scope).values("hardcore_scope")
    shown = Q(scope_id=PLATFORM_ID) | Q(scope_id__in=games.values("pk")) | Q(scope_id__in=hardcore)
    return FinalPlace.objects.filter(shown, player_id__in=ids)


def closed_windows(scope_id: UUID, window: Window, viewer: Viewer = ANYONE) -> list[WindowResult]:
    """Return the latest closed windows of a scope, each with its LEADERS. Two queries."""
    with connection.cursor() as cursor:
        cursor.execute(_WINDOWS, {"scope_id": scope_id, "window": window.value, "limit": WINDOWS_LISTED})
        found = cursor.fetchall()
    places = _places(scope_id, window, [row[2] for row in found], viewer, after=0, until=LEADERS)
    return [
        WindowResult(Board(scope_id, window, opened), closed_at, count, places.get(opened, []))
        for _, _, opened, closed_at, count in found
    ]


def final_page(board: Board, *, offset: int, limit: int, viewer: Viewer = ANYONE) -> WindowResult:
    """Return a page of a closed window's stored places. Two queries. Raises: WindowNotClosedError."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT closed_at, player_count FROM closed_window "
            'WHERE scope_id = %s AND "window" = %s AND opened_on = %s',
            [board.scope_id, board.window.value, board.opened_on],
        )
        row = cursor.fetchone()
    if row is None:
        raise WindowNotClosedError
    places = _places(board.scope_id, board.window, [board.opened_on], viewer, after=offset, until=offset + limit)
    return WindowResult(board, row[0], row[1], places.get(board.opened_on, []))


def final_rows(scope_id: UUID, window: str, opened_on: date, *, limit: int) -> list[BoardRow]:
    """Return the first `limit` stored places of a closed window. One query."""
    return _places(scope_id, Window(window), [opened_on], ANYONE, after=0, until=limit).get(opened_on, [])


def _places(
    scope_id: UUID, window: Window, opened: Sequence[date], viewer: Viewer, *, after: int, until: int
) -> dict[date, list[BoardRow]]:
    chosen: dict[str, Any] = {
        "scope_id": scope_id,
        "window": window.value,
        "opened": list(opened),
        "after": after,
        "until": until,
    }
    with connection.cursor() as cursor:
        cursor.execute(_PLACES, chosen | viewer.parameters())
        rows = cursor.fetchall()
    places: dict[date, list[BoardRow]] = {}
    for opened_on, rank, player_id, handle, name, region, avatar, points, unlock_count, reached_at, is_seen in rows:
        player = PlayerSummary(player_id, handle, name, region, media_url(avatar)) if is_seen else None
        places.setdefault(opened_on, []).append(BoardRow(rank, player_id, player, points, unlock_count, reached_at))
    return places
