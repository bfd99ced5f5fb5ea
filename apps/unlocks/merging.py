"""Moves unlocks and progress from a merged player to the one they turned out to be."""

from collections.abc import Collection
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from apps.core.background.outbox import record
from apps.core.background.wakeup import wake_relay
from apps.core.clock import now
from apps.players.events import PlayersMerged
from apps.unlocks import replay_cache
from apps.unlocks.archive import bring_back
from apps.unlocks.events import UnlockRestored, UnlockRevoked
from apps.unlocks.merging_modes import move_modes

# Reports follow merges without a lock, so one in flight may record for the old player. It commits within the statement
# limit; the sweep looks back this much further, in case scheduled jobs stood still.
LOOKED_FOR = timedelta(days=7)

_COLUMNS = "achievement_id, game_id, unlocked_at, recorded_at, definition_version, points, source"
# As revocations and restorations do first: none of the same games comes between the statements of a move.
LOCK_GAMES = """
SELECT id FROM game WHERE id IN (
    SELECT game_id FROM unlock_ever WHERE player_id = ANY (%(ids)s)
    UNION ALL SELECT game_id FROM revoked_unlock WHERE player_id = ANY (%(ids)s)
    UNION ALL SELECT game_id FROM revoked_hardcore_unlock WHERE player_id = ANY (%(ids)s))
ORDER BY id FOR NO KEY UPDATE
"""
TAKE_ALL = f"DELETE FROM unlock WHERE player_id = %s AND game_id = ANY (%s) RETURNING {_COLUMNS}"  # noqa: S608
GIVE = f"""
INSERT INTO unlock (player_id, {_COLUMNS})
SELECT %s, * FROM unnest(%s::uuid[], %s::uuid[], %s::timestamptz[], %s::timestamptz[], %s::integer[], %s::smallint[],
    %s::smallint[])
ORDER BY 1, 2 ON CONFLICT DO NOTHING RETURNING achievement_id
"""  # noqa: S608
# The earlier of two times stays, with its points.
GIVE_EARLIER = """
UPDATE unlock u SET unlocked_at = g.unlocked_at, recorded_at = g.recorded_at,
    definition_version = g.definition_version, points = g.points, source = g.source
FROM unnest(%s::uuid[], %s::uuid[], %s::timestamptz[], %s::timestamptz[], %s::integer[], %s::smallint[], %s::smallint[])
        AS g (achievement_id, game_id, unlocked_at, recorded_at, definition_version, points, source)
    JOIN (SELECT achievement_id, unlocked_at, points, source FROM unlock WHERE player_id = %s FOR UPDATE) old
        USING (achievement_id)
WHERE u.player_id = %s AND u.achievement_id = g.achievement_id AND g.unlocked_at < old.unlocked_at
RETURNING u.achievement_id, u.game_id, old.points, old.unlocked_at, old.source, u.points, u.unlocked_at, u.source
"""
MOVE_PROGRESS = """
WITH gone AS (DELETE FROM progress WHERE player_id = %(from)s RETURNING *)
INSERT INTO progress AS p (player_id, achievement_id, game_id, steps, updated_at, revealed_at)
SELECT %(into)s, achievement_id, game_id, steps, updated_at, revealed_at FROM gone ORDER BY achievement_id
ON CONFLICT (player_id, achievement_id) DO UPDATE SET
    steps = greatest(p.steps, excluded.steps), updated_at = greatest(p.updated_at, excluded.updated_at),
    revealed_at = least(p.revealed_at, excluded.revealed_at)
"""
# So that a retried increment is not applied twice.
MOVE_REQUESTS = """
WITH gone AS (DELETE FROM progress_request WHERE player_id = %(from)s RETURNING *)
INSERT INTO progress_request (player_id, achievement_id, created_at, request_id)
SELECT %(into)s, achievement_id, created_at, request_id FROM gone ORDER BY achievement_id, request_id
ON CONFLICT DO NOTHING
"""
MOVE_REVOKED_HARDCORE = """
UPDATE revoked_hardcore_unlock r SET player_id = %(into)s WHERE player_id = %(from)s AND NOT EXISTS (
    SELECT FROM revoked_hardcore_unlock o WHERE o.revocation_id = r.revocation_id AND o.player_id = %(into)s
        AND o.achievement_id = r.achievement_id)
"""
# So that an import under way, when sent again, counts once what it brought of either.
MOVE_IMPORTED = """
UPDATE imported_unlock b SET player_id = %(into)s
WHERE player_id = %(from)s AND import_id IN (SELECT id FROM unlock_import WHERE state = 'open') AND NOT EXISTS (
    SELECT FROM imported_unlock o WHERE o.import_id = b.import_id AND o.player_id = %(into)s
        AND o.achievement_id = b.achievement_id)
"""
# What of either player's was revoked and not earned again: then the other's time does not stand against a restore.
_NOTE = """
UPDATE {revoked} r SET merged_at = CASE WHEN NOT EXISTS (
    SELECT FROM (SELECT player_id, achievement_id, recorded_at FROM {held}
        UNION ALL SELECT player_id, achievement_id, recorded_at FROM {revoked}) o
    WHERE o.player_id = r.player_id AND o.achievement_id = r.achievement_id
        AND o.recorded_at > coalesce(r.merged_at, v.created_at)) THEN %(moment)s::timestamptz END
FROM revocation v WHERE v.id = r.revocation_id AND r.player_id IN (%(from)s, %(into)s) AND r.game_id = ANY (%(games)s)
"""
NOTES = (
    _NOTE.format(revoked="revoked_unlock", held="unlock"),
    _NOTE.format(revoked="revoked_hardcore_unlock", held="hardcore_unlock"),
)
# Of what one revocation took of both, the surviving player has the earlier back.
_SWAP = """
UPDATE {table} r SET ({columns}) = (SELECT {others})
FROM {table} o WHERE r.revocation_id = o.revocation_id AND r.achievement_id = o.achievement_id AND {is_open} AND (
    r.player_id = %(into)s AND o.player_id = %(from)s AND o.{at} < r.{at}
    OR r.player_id = %(from)s AND o.player_id = %(into)s AND r.{at} < o.{at})
"""


def _swap(table: str, at: str, columns: str, *, is_open: str) -> str:
    others = ", ".join(f"o.{name}" for name in columns.split(", "))
    return _SWAP.format(table=table, at=at, columns=columns, others=others, is_open=is_open)


SWAPS = (
    _swap(
        "revoked_unlock", "unlocked_at",
        "unlocked_at, recorded_at, definition_version, points, source, steps, progressed_at, revealed_at, merged_at",
        is_open="NOT r.is_kept AND NOT o.is_kept",
    ),
    _swap("revoked_hardcore_unlock", "hardcore_at", "hardcore_at, recorded_at, source, merged_at", is_open="true"),
)  # fmt: skip
# A restored unlock returns to the surviving player; one revoked for both is needed once.
MOVE_REVOKED = """
UPDATE revoked_unlock r SET player_id = %(into)s WHERE player_id = %(from)s AND NOT EXISTS (
    SELECT FROM revoked_unlock o WHERE o.revocation_id = r.revocation_id AND o.player_id = %(into)s
        AND o.achievement_id = r.achievement_id)
"""
KEEP_REVOKED = "UPDATE revoked_unlock SET is_kept = true WHERE player_id = %(from)s"
DROP_REVOKED_HARDCORE = "DELETE FROM revoked_hardcore_unlock WHERE player_id = %(from)s"
MOVES = (
    *(MOVE_PROGRESS, MOVE_REQUESTS, MOVE_IMPORTED, *SWAPS, MOVE_REVOKED, KEEP_REVOKED),
    *(MOVE_REVOKED_HARDCORE, DROP_REVOKED_HARDCORE),
)
STRAGGLERS = """
SELECT p.id, p.merged_into_id FROM player p
WHERE p.merged_at > %s AND p.merged_into_id IS NOT NULL AND (
    EXISTS (SELECT FROM unlock u WHERE u.player_id = p.id) OR EXISTS (SELECT FROM progress g WHERE g.player_id = p.id)
    OR EXISTS (SELECT FROM hardcore_unlock h WHERE h.player_id = p.id))
"""


def lock_games_of(player_ids: Collection[UUID]) -> list[UUID]:
    """Lock the games of which these players have unlocks, revoked ones too, and return their ids.

    Call with all players of a transaction first: what has moved is locked, and revocations hold their game then.
    """
    with connection.cursor() as cursor:
        cursor.execute(LOCK_GAMES, {"ids": list(player_ids)})
        return [game_id for (game_id,) in cursor.fetchall()]


def move_ledger(*, from_player_id: UUID, into_player_id: UUID) -> int:
    """Move a merged player's unlocks and progress, with their events; return the number of unlocks. Call in a step.

    Removes both ids' answers from the replay cache: a revocation finds only the surviving player's, and of two times
    the earlier one stays. What is recorded of a further game meanwhile is left to `move_stragglers`.
    Raises: RedisUnavailableError, with nothing moved.
    """
    pair: dict[str, Any] = {"from": from_player_id, "into": into_player_id}
    with transaction.atomic():
        game_ids = lock_games_of([from_player_id])
        bring_back([from_player_id, into_player_id])
        with connection.cursor() as cursor:
            for note in NOTES:
                cursor.execute(note, pair | {"moment": now(), "games": game_ids})
            cursor.execute(TAKE_ALL, [from_player_id, game_ids])
            taken = cursor.fetchall()
        either = (from_player_id, into_player_id)
        replay_cache.bury((row[1], player_id, row[0]) for row in taken for player_id in either)
    with connection.cursor() as cursor:
        cursor.execute(GIVE, [into_player_id, *_columns(taken)])
        given = {achievement_id for (achievement_id,) in cursor.fetchall()}
        held = [row for row in taken if row[0] not in given]
        cursor.execute(GIVE_EARLIER, [*_columns(held), into_player_id, into_player_id])
        replaced = cursor.fetchall()
        for statement in MOVES:
            cursor.execute(statement, pair)
    into = into_player_id
    modes = move_modes(
        *(from_player_id, into), {row[0]: row[5] for row in taken}, {row[0]: row[2] for row in replaced}, given
    )
    moved = [(row[0], row[1], row[5], row[2], row[6]) for row in taken]
    gone = [(row[0], row[1], row[2], row[3], row[4]) for row in replaced]
    came = [row for row in moved if row[0] in given] + [(row[0], row[1], row[5], row[6], row[7]) for row in replaced]
    # What is replaced goes before its like comes.
    record(UnlockRevoked(from_player_id, *row, hardcore_at=modes.merged.get(row[0])) for row in moved)
    record(UnlockRevoked(into, *row, hardcore_at=modes.before.get(row[0])) for row in gone)
    record(UnlockRestored(into, *row, hardcore_at=modes.after.get(row[0])) for row in came)
    return len(taken)


def move_stragglers() -> int:
    """Make the relay move what was recorded for merged players since; return the number of players."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(STRAGGLERS, [now() - LOOKED_FOR])
            found = [PlayersMerged(*row) for row in cursor.fetchall()]
        record(found)
    if found:
        transaction.on_commit(wake_relay)
    return len(found)


def _columns(rows: list[tuple[object, ...]]) -> list[list[object]]:
    """Return rows transposed into columns, empty ones for no rows."""
    return [list(column) for column in zip(*rows, strict=True)] or [[] for _ in range(7)]
