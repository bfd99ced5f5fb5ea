"""The archive: unlocks of long inactive players leave the ledger, and return when their player does.

In two steps. Marking a player makes every later report restore them first; by the time their unlocks move, every
transaction that missed the mark has ended. So no unlock is ever in both the ledger and the archive.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction

from apps.core.database.sql import change_rows

# Far longer than a statement may take (5 s), so that no writer can have missed the mark.
SETTLED_AFTER = timedelta(minutes=10)

_COLUMNS = "player_id, achievement_id, game_id, unlocked_at, recorded_at, definition_version, points, source"
_MARK = """
WITH chosen AS (SELECT id FROM player WHERE id = ANY (%(ids)s) AND archived_at IS NULL ORDER BY id FOR UPDATE)
UPDATE player SET archived_at = %(moment)s
WHERE id IN (SELECT id FROM chosen UNION ALL SELECT p.id FROM player p JOIN chosen c ON p.merged_into_id = c.id)
"""
_SETTLED = """
SELECT p.id FROM player p
WHERE p.archived_at < %(before)s AND p.merged_into_id IS NULL AND EXISTS (
    SELECT FROM unlock u WHERE u.player_id = p.id)
ORDER BY p.archived_at, p.id LIMIT %(limit)s FOR UPDATE SKIP LOCKED
"""
_MOVE = f"""
WITH gone AS (DELETE FROM __FROM__ WHERE player_id = ANY (%(ids)s) RETURNING {_COLUMNS})
INSERT INTO __INTO__ ({_COLUMNS}) SELECT {_COLUMNS} FROM gone ORDER BY player_id, achievement_id
"""  # noqa: S608 - put together from constants
_INTO_ARCHIVE = _MOVE.replace("__FROM__", "unlock").replace("__INTO__", "unlock_archive")
_BACK = _MOVE.replace("__FROM__", "unlock_archive").replace("__INTO__", "unlock")
_RETURNING = """
SELECT id FROM player
WHERE id IN (SELECT coalesce(merged_into_id, id) FROM player WHERE id = ANY (%(ids)s)) AND archived_at IS NOT NULL
ORDER BY id FOR UPDATE
"""
_UNMARK = "UPDATE player SET archived_at = NULL WHERE id = ANY (%(ids)s) OR merged_into_id = ANY (%(ids)s)"


def mark_inactive(player_ids: Sequence[UUID], moment: datetime) -> int:
    """Mark players as inactive, and players merged into them; return the number of rows.

    Their unlocks stay in place until SETTLED_AFTER; a report restores them before and after.
    """
    return change_rows(_MARK, {"ids": list(player_ids), "moment": moment})


def move_settled(moment: datetime, *, players_max: int) -> tuple[int, int]:
    """Move the unlocks of players marked before SETTLED_AFTER; return the numbers of players and unlocks.

    In the caller's transaction. Call again while it returns players.
    """
    with connection.cursor() as cursor:
        cursor.execute(_SETTLED, {"before": moment - SETTLED_AFTER, "limit": players_max})
        ids = [player_id for (player_id,) in cursor.fetchall()]
        cursor.execute(_INTO_ARCHIVE, {"ids": ids})
        return len(ids), int(cursor.rowcount)


@transaction.atomic
def bring_back(player_ids: Collection[UUID]) -> int:
    """Return the unlocks of those of the players who are archived to the ledger; return the number of players.

    A merged player stands for the one they were merged into.
    """
    with connection.cursor() as cursor:
        cursor.execute(_RETURNING, {"ids": list(player_ids)})
        ids = [player_id for (player_id,) in cursor.fetchall()]
        if ids:
            cursor.execute(_BACK, {"ids": ids})
            cursor.execute(_UNMARK, {"ids": ids})
    return len(ids)
