"""The expected number of players on each board: counted in the transactions that write standings, never by a scan."""

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from django.db import connection, transaction

from apps.leaderboards.boards import board as boards
from apps.leaderboards.boards.board import Board
from apps.leaderboards.boards.windows import retained_bounds
from apps.leaderboards.kinds.points import POINTS
from apps.leaderboards.models import Window
from apps.leaderboards.standings.what_counts import RETAINED

# (scope, window, opened on, region): a board of one region.
Key = tuple[UUID, Window, date, str]

# Statements that write standings append here, in the same statement or transaction.
APPEND = 'INSERT INTO board_size_change (scope_id, "window", opened_on, region, change)'
_NOTE = f"{APPEND} SELECT * FROM unnest(%s::uuid[], %s::text[], %s::date[], %s::text[], %s::integer[])"  # noqa: S608
# One process folds at a time; others skip their turn.
FOLD_LOCK = 7_110_004
_FOLD = """
WITH gone AS (DELETE FROM board_size_change WHERE (SELECT pg_try_advisory_xact_lock(%s))
    RETURNING scope_id, "window", opened_on, region, change),
sums AS (SELECT scope_id, "window", opened_on, region, sum(change)::integer AS change FROM gone GROUP BY 1, 2, 3, 4)
INSERT INTO board_size AS s (scope_id, "window", opened_on, region, player_count)
SELECT * FROM sums ORDER BY 1, 2, 3, 4
ON CONFLICT (scope_id, "window", opened_on, region) DO UPDATE SET player_count = s.player_count + excluded.player_count
"""
_DELETE_EMPTY = "DELETE FROM board_size WHERE player_count = 0"
_EXPECTED = f"""
SELECT scope_id, "window", opened_on, region, sum(player_count) FROM (
    SELECT scope_id, "window", opened_on, region, player_count FROM board_size
    UNION ALL SELECT scope_id, "window", opened_on, region, change FROM board_size_change) w
WHERE {RETAINED}
GROUP BY GROUPING SETS ((scope_id, "window", opened_on, region), (scope_id, "window", opened_on))
"""  # noqa: S608 - put together from constants


def note(changes: Mapping[Key, int]) -> None:
    """Append the boards' growth, in the transaction that writes their standings."""
    rows = [(*key, change) for key, change in changes.items() if change]
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(_NOTE, [list(column) for column in zip(*rows, strict=True)])


def fold() -> None:
    """Add appended changes to the sizes; does nothing while another process does."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_FOLD, [FOLD_LOCK])
        if cursor.rowcount:
            cursor.execute(_DELETE_EMPTY)


def expected_sizes(moment: datetime) -> dict[Board, int]:
    """Return the expected size of every board in Redis, regional and global.

    Cost: a scan of the sizes, a row per board; standings are not read.
    """
    with connection.cursor() as cursor:
        cursor.execute(_EXPECTED, retained_bounds(moment))
        found = {Board(row[0], Window(row[1]), row[2], row[3]): int(row[4]) for row in cursor.fetchall()}
    return in_every_order(found)


def in_every_order(sizes: Mapping[Board, int]) -> dict[Board, int]:
    """Return the sizes for the boards in every order: each has all players."""
    return {same: size for board, size in sizes.items() for same in boards.in_every_order([board])}


def correct(found: Mapping[Board, int], moment: datetime) -> None:
    """Set the sizes of regional boards to those found, while no step is running."""
    expected = expected_sizes(moment)
    changes: Counter[Key] = Counter()
    for board, count in found.items():
        # The other orders count the same players again.
        if board.region is not None and board.order is POINTS:
            changes[board.scope_id, board.window, board.opened_on, board.region] = count - expected.get(board, 0)
    note(changes)
