"""The inverse of adding: unlocks leave the standings they counted in.

Not one statement, as its parts would be joined to each other: without statistics PostgreSQL takes each for ten rows,
and 2,000 standings took five seconds.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection

from apps.core.database.sql import change_rows, text_array
from apps.leaderboards.boards.board import PLATFORM_ID
from apps.leaderboards.boards.modes import Mode, mode_of
from apps.leaderboards.models import Window
from apps.leaderboards.standings import board_sizes, player_counts
from apps.leaderboards.standings.standing_changes import Sum
from apps.leaderboards.standings.standing_rows import PlayerStanding
from apps.leaderboards.standings.what_counts import EVER, REACHED, WINDOWS, counted

_KEYS = "%s::text::uuid[], %s::text::uuid[], %s::text[], %s::date[]"
_LOCK = f"""
SELECT t.player_id, t.scope_id, t."window", t.opened_on, t.region, t.points, t.unlock_count, t.reached_at,
    t.uncounted_points
FROM unnest({_KEYS}) AS e (player_id, scope_id, "window", opened_on)
JOIN standing t USING (player_id, scope_id, "window", opened_on) ORDER BY 1, 2, 3, 4 FOR UPDATE OF t
"""  # noqa: S608 - put together from constants
# When points were reached is known to the ledger only.
_LEFT = {
    mode: f"""
SELECT u.player_id, s.scope_id, w."window", w.opened_on, {REACHED}
FROM {counted(EVER[mode], "u.player_id = ANY (%(player_ids)s::text::uuid[])", mode=mode)}
{WINDOWS}
WHERE s.is_held AND s.scope_id = ANY (%(scope_ids)s::text::uuid[]) GROUP BY 1, 2, 3, 4
"""  # noqa: S608 - put together from constants
    for mode in Mode
}
_UPDATE = f"""
UPDATE standing t SET points = e.points, unlock_count = e.unlock_count, uncounted_points = e.uncounted_points,
    reached_at = e.reached_at
FROM unnest({_KEYS}, %s::text::integer[], %s::text::integer[], %s::timestamptz[], %s::text::integer[])
    AS e (player_id, scope_id, "window", opened_on, points, unlock_count, reached_at, uncounted_points)
WHERE t.player_id = e.player_id AND t.scope_id = e.scope_id AND t."window" = e."window" AND t.opened_on = e.opened_on
"""  # noqa: S608 - put together from constants
_DELETE = f"""
DELETE FROM standing t USING unnest({_KEYS}) AS e (player_id, scope_id, "window", opened_on)
WHERE t.player_id = e.player_id AND t.scope_id = e.scope_id AND t."window" = e."window" AND t.opened_on = e.opened_on
"""  # noqa: S608 - put together from constants

_Key = tuple[UUID, UUID, str, date]


def take(sums: Sequence[Sum]) -> list[PlayerStanding]:
    """Subtract sums from the standings; return every changed standing. Call while no other step is running.

    Standings without unlocks are deleted, and returned with zero. When points were reached comes from what the ledger
    has now, by the rules in force now: of standings whose last unlock may have gone.
    """
    if not sums:
        return []
    taken = {(item.player_id, item.scope_id, item.window, item.opened_on): item for item in sums}
    stored = _locked(taken)
    changed = [_less(row, taken[row.key]) for row in stored]
    left = [row for row in changed if row.unlock_count > 0]
    lost = [row for row in left if _may_have_lost_last(row, taken[row.key])]
    reached = {
        key: at
        for mode in Mode
        for key, at in _reached(mode, [row for row in lost if mode_of(row.scope_id) == mode]).items()
    }
    left = [replace(row, reached_at=reached.get(row.key, row.reached_at)) for row in left]
    gone = [row for row in changed if row.unlock_count <= 0]
    if left:
        _update(left)
    if gone:
        change_rows(_DELETE, _keys(row.key for row in gone))
    _note(stored, [*left, *gone], taken)
    return [*left, *gone]


def _locked(keys: Iterable[_Key]) -> list[PlayerStanding]:
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, _keys(keys))
        return [PlayerStanding(row[0], row[1], Window(row[2]), *row[3:]) for row in cursor.fetchall()]


def _less(row: PlayerStanding, taken: Sum) -> PlayerStanding:
    """Return a standing without a sum; without unlocks it has no points either, whatever had been counted."""
    unlock_count = row.unlock_count - taken.unlock_count
    return replace(
        row,
        points=row.points - taken.points if unlock_count > 0 else 0,
        unlock_count=unlock_count,
        uncounted_points=row.uncounted_points - taken.uncounted_points,
    )


def _may_have_lost_last(left: PlayerStanding, taken: Sum) -> bool:
    return left.reached_at <= taken.reached_at or left.points <= 0


def _reached(mode: Mode, rows: Sequence[PlayerStanding]) -> dict[_Key, datetime]:
    """Return when players reached what the ledger has of a mode's standings. One query, none without any."""
    if not rows:
        return {}
    chosen = {
        "player_ids": text_array({row.player_id.hex for row in rows}),
        "scope_ids": text_array({row.scope_id.hex for row in rows}),
    }
    with connection.cursor() as cursor:
        cursor.execute(_LEFT[mode], chosen)
        return {row[:4]: row[4] for row in cursor.fetchall()}


def _update(rows: Sequence[PlayerStanding]) -> None:
    change_rows(
        _UPDATE,
        [
            *_keys(row.key for row in rows),
            text_array(str(row.points) for row in rows),
            text_array(str(row.unlock_count) for row in rows),
            [row.reached_at for row in rows],
            text_array(str(row.uncounted_points) for row in rows),
        ],
    )


def _note(stored: Sequence[PlayerStanding], changed: Sequence[PlayerStanding], taken: Mapping[_Key, Sum]) -> None:
    """Append what boards' sizes and scopes' numbers of players lose."""
    ranked = {row.key for row in stored if row.points > 0}
    shrunk: Counter[board_sizes.Key] = Counter()
    players: Counter[UUID] = Counter()
    unlocks: Counter[UUID] = Counter()
    for row in changed:
        if row.points <= 0 and row.key in ranked:
            shrunk[row.scope_id, row.window, row.opened_on, row.region] -= 1
        if row.window == Window.ALL and taken[row.key].is_counted:
            players[row.scope_id] -= row.unlock_count <= 0
            unlocks[row.scope_id] -= taken[row.key].unlock_count if row.scope_id == PLATFORM_ID else 0
    board_sizes.note(shrunk)
    for scope_id in sorted(players):
        player_counts.note(scope_id, players[scope_id], unlocks[scope_id])


def _keys(keys: Iterable[_Key]) -> list[Any]:
    rows = list(keys)
    return [
        text_array(key[0].hex for key in rows),
        text_array(key[1].hex for key in rows),
        text_array(key[2] for key in rows),
        [key[3] for key in rows],
    ]
