"""How many players have earned something in a game, and on the platform: counted as standings come and go.

Who has earned no points is one of them, and on no board: boards have sizes of their own, in board_sizes.py. Whom
operators leave out is not. For the platform its unlocks are counted here, too.
"""

from collections.abc import Collection
from uuid import UUID

from django.db import connection, transaction

from apps.core.database.sql import fetch_value
from apps.leaderboards.boards.board import PLATFORM_ID

# Statements that write all-time standings append here, in the same statement or transaction.
APPEND_PLAYERS = "INSERT INTO scope_player_count_change (scope_id, change, unlock_change)"
# One process folds at a time; others skip their turn.
FOLD_LOCK = 7_110_011
_FOLD = """
WITH gone AS (DELETE FROM scope_player_count_change WHERE (SELECT pg_try_advisory_xact_lock(%s))
    RETURNING scope_id, change, unlock_change),
sums AS (SELECT scope_id, sum(change) AS change, sum(unlock_change) AS unlock_change FROM gone GROUP BY 1)
INSERT INTO scope_player_count AS c (scope_id, player_count, unlock_count) SELECT * FROM sums ORDER BY 1
ON CONFLICT (scope_id) DO UPDATE SET
    player_count = c.player_count + excluded.player_count, unlock_count = c.unlock_count + excluded.unlock_count
"""
# Every scope's number, for statements of other modules.
COUNTED = """
SELECT scope_id, sum(player_count)::bigint AS player_count, sum(unlock_count)::bigint AS unlock_count FROM (
    SELECT scope_id, player_count, unlock_count FROM scope_player_count
    UNION ALL SELECT scope_id, change, unlock_change FROM scope_player_count_change) counted
GROUP BY scope_id
"""
_COUNTS = f"SELECT scope_id, player_count FROM ({COUNTED}) c WHERE scope_id = ANY (%s)"  # noqa: S608 - of constants
_UNLOCKS = f"SELECT coalesce(sum(unlock_count), 0)::bigint FROM ({COUNTED}) c WHERE scope_id = %s"  # noqa: S608 - likewise
_CORRECT = f"""
{APPEND_PLAYERS}
SELECT %(scope_id)s, counted.players - coalesce(noted.player_count, 0),
    counted.unlocks - coalesce(noted.unlock_count, 0)
FROM (
    SELECT count(*) AS players, coalesce(sum(s.unlock_count) FILTER (WHERE scope_id = '{PLATFORM_ID}'), 0) AS unlocks
    FROM standing s JOIN player p ON p.id = s.player_id AND p.is_counted
    WHERE scope_id = %(scope_id)s AND "window" = 'all') counted
LEFT JOIN ({COUNTED}) noted ON noted.scope_id = %(scope_id)s
WHERE (counted.players, counted.unlocks) <> (coalesce(noted.player_count, 0), coalesce(noted.unlock_count, 0))
"""  # noqa: S608 - put together from constants


def counts_of(scope_ids: Collection[UUID]) -> dict[UUID, int]:
    """Return the number of players of each scope that has or had any. One query, a row a scope."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS, [list(scope_ids)])
        return dict(cursor.fetchall())


def platform_unlocks() -> int:
    """Return the number of unlocks that count on the platform. One query, of one row and those not folded in yet."""
    return int(fetch_value(_UNLOCKS, [PLATFORM_ID]))


def note(scope_id: UUID, change: int, unlock_change: int = 0) -> None:
    """Append a scope's change, in the transaction that writes its standings."""
    if change or unlock_change:
        with connection.cursor() as cursor:
            cursor.execute(f"{APPEND_PLAYERS} VALUES (%s, %s, %s)", [scope_id, change, unlock_change])


def fold() -> None:
    """Add appended changes to the numbers; does nothing while another process does."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_FOLD, [FOLD_LOCK])


def correct(scope_id: UUID) -> bool:
    """Set a scope's number to that of its standings; return whether it was another. One scan of them.

    One statement, so that both are of one moment.
    """
    with connection.cursor() as cursor:
        cursor.execute(_CORRECT, {"scope_id": scope_id})
        return bool(cursor.rowcount)
