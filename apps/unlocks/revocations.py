"""Revokes unlocks, and restores them as they were, with their events, in one transaction per chunk."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext_noop

from apps.core.background.outbox import record
from apps.core.background.wakeup import wake_relay
from apps.core.clock import now
from apps.core.errors import ConflictError, DomainError, NotFoundError
from apps.core.parsing.values import read_uuid
from apps.core.redis.client import RedisUnavailableError
from apps.games.achievement_keys import named
from apps.games.definitions.budget import lock_game
from apps.games.models import Achievement, Game
from apps.unlocks import replay_cache
from apps.unlocks.archive import bring_back
from apps.unlocks.events import RevocationContinues
from apps.unlocks.models import Revocation, RevocationState

# Unlocks per transaction; the relay continues with the rest.
CHUNK_SIZE = 1000
# Tables that hold unlocks.
TABLES = ("unlock", "unlock_archive")
HARDCORE_TABLES = ("hardcore_unlock",)
# Player, achievement and time of an unlock, and how many were sought with it.
Row = tuple[UUID, UUID, datetime, int]

_COLUMNS = "player_id, achievement_id, game_id, unlocked_at, recorded_at, definition_version, points, source"
_ANNOUNCE = """
INSERT INTO outbox (kind, payload)
SELECT %(kind)s, jsonb_build_object(
    'player_id', player_id, 'achievement_id', achievement_id, 'game_id', game_id,
    'points', points, 'unlocked_at', unlocked_at, 'source', source)
"""
_EARNED_BEFORE = "recorded_at <= %(before)s"
# Selects from the ledger, then from the archive: by key when a player is given, else along the game's unlocks from
# the newest on. Then locks in the order of reports in hardcore, which lock them too; how many were sought says whether
# there may be more, as of those some may have been moved to another player meanwhile.
_LOCKED = """
WITH sought AS MATERIALIZED ({sought})
SELECT u.player_id, u.achievement_id, u.unlocked_at, (SELECT count(*) FROM sought)
FROM sought JOIN __TABLE__ u USING (player_id, achievement_id)
ORDER BY u.player_id, u.achievement_id FOR UPDATE OF u
"""
CHOOSE_OF_PLAYER = _LOCKED.format(
    sought=f"""
    SELECT player_id, achievement_id FROM __TABLE__
    WHERE player_id = %(player_id)s AND game_id = %(game_id)s AND {_EARNED_BEFORE}
        AND (%(achievement_id)s::uuid IS NULL OR achievement_id = %(achievement_id)s)
    ORDER BY player_id, achievement_id LIMIT %(limit)s
"""  # noqa: S608 - put together from constants
)
CHOOSE_OF_ACHIEVEMENT = _LOCKED.format(
    sought=f"""
    SELECT player_id, achievement_id FROM __TABLE__
    WHERE game_id = %(game_id)s AND achievement_id = %(achievement_id)s AND {_EARNED_BEFORE}
        AND unlocked_at <= coalesce(%(reached_at)s, 'infinity'::timestamptz)
    ORDER BY unlocked_at DESC LIMIT %(limit)s
"""  # noqa: S608 - put together from constants
)
TAKE = f"""
WITH gone AS (
    DELETE FROM __TABLE__ u
    USING unnest(%(player_ids)s::uuid[], %(achievement_ids)s::uuid[]) AS d (player_id, achievement_id)
    WHERE u.player_id = d.player_id AND u.achievement_id = d.achievement_id
    RETURNING u.*
), stepped_back AS (
    DELETE FROM progress p USING gone g
    WHERE p.player_id = g.player_id AND p.achievement_id = g.achievement_id
    RETURNING p.player_id, p.achievement_id, p.steps, p.updated_at, p.revealed_at
), moved AS (
    INSERT INTO revoked_unlock (revocation_id, {_COLUMNS}, steps, progressed_at, revealed_at, is_kept)
    SELECT %(revocation_id)s, {", ".join(f"g.{name.strip()}" for name in _COLUMNS.split(","))},
        s.steps, s.updated_at, s.revealed_at, false
    FROM gone g LEFT JOIN stepped_back s USING (player_id, achievement_id)
)
{_ANNOUNCE} FROM gone
"""  # noqa: S608 - put together from constants
# Unlocks earned again since are marked, so that the next chunk skips them and the audit trail keeps them.
GIVE_BACK = f"""
WITH chosen AS (
    SELECT * FROM revoked_unlock WHERE revocation_id = %(revocation_id)s AND NOT is_kept
    ORDER BY player_id, achievement_id LIMIT %(limit)s FOR UPDATE
), back AS (
    INSERT INTO unlock ({_COLUMNS}) SELECT {_COLUMNS} FROM chosen ORDER BY player_id, achievement_id
    ON CONFLICT DO NOTHING
    RETURNING {_COLUMNS}
), gone AS (
    DELETE FROM revoked_unlock r USING back b
    WHERE r.revocation_id = %(revocation_id)s AND r.player_id = b.player_id AND r.achievement_id = b.achievement_id
), marked AS (
    UPDATE revoked_unlock r SET is_kept = true FROM chosen c
    WHERE r.revocation_id = %(revocation_id)s AND r.player_id = c.player_id AND r.achievement_id = c.achievement_id
        AND NOT EXISTS (
            SELECT FROM back b WHERE b.player_id = c.player_id AND b.achievement_id = c.achievement_id)
), stepped AS (
    INSERT INTO progress AS p (player_id, achievement_id, game_id, steps, updated_at, revealed_at)
    SELECT c.player_id, c.achievement_id, c.game_id, c.steps, c.progressed_at, c.revealed_at
    FROM chosen c JOIN back USING (player_id, achievement_id) WHERE c.steps IS NOT NULL
    ON CONFLICT (player_id, achievement_id) DO UPDATE SET
        steps = greatest(p.steps, excluded.steps), updated_at = greatest(p.updated_at, excluded.updated_at),
        revealed_at = least(p.revealed_at, excluded.revealed_at)
), announced AS ({_ANNOUNCE} FROM back)
SELECT (SELECT count(*) FROM chosen), (SELECT count(*) FROM back)
"""  # noqa: S608 - put together from constants
_HARDCORE = "player_id, achievement_id, game_id, hardcore_at, recorded_at, source"
_ANNOUNCE_HARDCORE = """
INSERT INTO outbox (kind, payload)
SELECT %(kind)s, jsonb_build_object(
    'player_id', h.player_id, 'achievement_id', h.achievement_id, 'game_id', h.game_id, 'points', u.points,
    'unlocked_at', h.hardcore_at, 'source', h.source, 'is_with_unlock', NOT %(is_alone)s)
FROM {rows} h JOIN unlock_ever u ON u.player_id = h.player_id AND u.achievement_id = h.achievement_id
"""
TAKE_HARDCORE = f"""
WITH gone AS (
    DELETE FROM hardcore_unlock u
    USING unnest(%(player_ids)s::uuid[], %(achievement_ids)s::uuid[]) AS d (player_id, achievement_id)
    WHERE u.player_id = d.player_id AND u.achievement_id = d.achievement_id
    RETURNING u.*
)
INSERT INTO revoked_hardcore_unlock (revocation_id, {_HARDCORE}) SELECT %(revocation_id)s, {_HARDCORE} FROM gone
"""  # noqa: S608 - put together from constants
# A statement of its own, as there are few: planned with the other it cost every revocation a millisecond.
_TAKEN = """(
    SELECT r.* FROM revoked_hardcore_unlock r
    JOIN unnest(%(player_ids)s::uuid[], %(achievement_ids)s::uuid[]) AS d (player_id, achievement_id)
        USING (player_id, achievement_id)
    WHERE r.revocation_id = %(revocation_id)s)"""
ANNOUNCE_TAKEN_HARDCORE = _ANNOUNCE_HARDCORE.format(rows=_TAKEN)
# As GIVE_BACK, to unlocks that are there; what was earned in hardcore again since stays as it is.
GIVE_BACK_HARDCORE = f"""
WITH chosen AS (
    SELECT * FROM revoked_hardcore_unlock k WHERE revocation_id = %(revocation_id)s AND EXISTS (
        SELECT FROM unlock_ever u WHERE u.player_id = k.player_id AND u.achievement_id = k.achievement_id)
    ORDER BY player_id, achievement_id LIMIT %(limit)s FOR UPDATE
), gone AS (
    DELETE FROM revoked_hardcore_unlock r USING chosen c
    WHERE r.revocation_id = c.revocation_id AND r.player_id = c.player_id AND r.achievement_id = c.achievement_id
), back AS (
    INSERT INTO hardcore_unlock ({_HARDCORE}) SELECT {_HARDCORE} FROM chosen ORDER BY player_id, achievement_id
    ON CONFLICT DO NOTHING
    RETURNING {_HARDCORE}
), announced AS (
    {_ANNOUNCE_HARDCORE.format(rows="back")}
)
SELECT (SELECT count(*) FROM chosen), (SELECT count(*) FROM back)
"""  # noqa: S608 - put together from constants
ARCHIVED_PLAYERS = """
SELECT DISTINCT r.player_id FROM revoked_unlock r JOIN player p ON p.id = r.player_id
WHERE r.revocation_id = %s AND NOT r.is_kept AND p.archived_at IS NOT NULL
"""


class NothingToRevokeError(NotFoundError):
    code = "nothing_to_revoke"
    detail = gettext_noop("There is no such unlock in this game.")


class RevocationUnderWayError(ConflictError):
    code = "revocation_under_way"
    detail = gettext_noop("This revocation is still being carried out. Try again shortly.")


class AlreadyRestoredError(ConflictError):
    code = "already_restored"
    detail = gettext_noop("These unlocks have been restored before.")


class RevocationUnavailableError(DomainError):
    code = "revocation_unavailable"
    status = 503
    detail = gettext_noop("Redis is down, and could still confirm revoked unlocks to games. Try again shortly.")


def achievement_named(game: Game, reference: str | None) -> UUID | None:
    """Return the id of one of the game's achievements, given that or its key. Raises: NothingToRevokeError."""
    if reference is None:
        return None
    rows = named(Achievement.objects.filter(game=game), read_uuid(reference) or reference)
    found = rows.values_list("id", flat=True).first()
    if found is None:
        raise NothingToRevokeError(pointer="/achievement_id")
    return found


def revoke_unlocks(
    *,
    game: Game,
    player_id: UUID | None,
    achievement_id: UUID | None,
    reason: str,
    revoked_by: str,
    is_hardcore_only: bool = False,
) -> Revocation:
    """Revoke one unlock, a player's in a game, or an achievement's, and return the record.

    With the hardcore mode of them, or `is_hardcore_only` that alone: then the unlocks stay.
    Over CHUNK_SIZE the relay continues, and the state is `revoking` until it is done. Later unlocks stay.
    Raises: NothingToRevokeError, RevocationUnavailableError, with nothing changed.
    """
    with transaction.atomic():
        revocation = Revocation.objects.create(
            game=game,
            player_id=player_id,
            achievement_id=achievement_id,
            is_hardcore_only=is_hardcore_only,
            reason=reason,
            revoked_by=revoked_by,
        )
        if not _take_chunk(revocation):
            raise NothingToRevokeError
    transaction.on_commit(wake_relay)
    return revocation


def restore_revocation(*, revocation_id: UUID, game: Game, restored_by: str) -> Revocation:
    """Restore a revocation's unlocks with their times and points; achievements earned again since stay unchanged.

    Raises: NotFoundError, RevocationUnderWayError, AlreadyRestoredError.
    """
    with transaction.atomic():
        revocation = Revocation.objects.select_for_update().filter(pk=revocation_id, game=game).first()
        if revocation is None:
            raise NotFoundError
        if revocation.state == RevocationState.REVOKING:
            raise RevocationUnderWayError
        if revocation.state != RevocationState.REVOKED:
            raise AlreadyRestoredError
        revocation.state = RevocationState.RESTORING
        revocation.restored_at, revocation.restored_by = now(), restored_by
        _give_back_chunk(revocation)
    transaction.on_commit(wake_relay)
    return revocation


def go_on(*, revocation_id: UUID) -> None:
    """Process the next chunk of a revocation or restoration, later if Redis is down. Call inside the relay."""
    revocation = Revocation.objects.select_for_update().get(pk=revocation_id)
    if revocation.state == RevocationState.REVOKING:
        try:
            _take_chunk(revocation)
        except RevocationUnavailableError:
            record([RevocationContinues(revocation.id)])
    elif revocation.state == RevocationState.RESTORING:
        _give_back_chunk(revocation)


def _take_chunk(revocation: Revocation) -> int:
    """Move a chunk out of the ledger and the archive; return its size.

    Saves the record and the follow-up event with it.
    """
    # Overlapping revocations wait here instead of for each other's rows.
    lock_game(revocation.game_id)
    taken: list[Row] = []
    sought_count = 0
    for table in HARDCORE_TABLES if revocation.is_hardcore_only else TABLES:
        rows = _choose(revocation, table, limit=CHUNK_SIZE - sought_count)
        _take(revocation, table, [row[:2] for row in rows])
        taken += rows
        sought_count += rows[0][3] if rows else 0
    is_over = sought_count < CHUNK_SIZE
    revocation.unlock_count += len(taken)
    revocation.reached_at = None if is_over else min(row[2] for row in taken)
    _save(revocation, RevocationState.REVOKED if is_over else RevocationState.REVOKING)
    return len(taken)


def _take(revocation: Revocation, table: str, pairs: list[tuple[UUID, UUID]]) -> None:
    if not pairs:
        return
    try:
        replay_cache.bury((revocation.game_id, *pair) for pair in pairs)
    except RedisUnavailableError as error:
        raise RevocationUnavailableError from error
    with connection.cursor() as cursor:
        taken: dict[str, Any] = {
            "player_ids": [player_id for player_id, _ in pairs],
            "achievement_ids": [achievement_id for _, achievement_id in pairs],
            "revocation_id": revocation.id,
        }
        cursor.execute(TAKE_HARDCORE, taken)
        if cursor.rowcount:
            mode = {"kind": "hardcore_revoked", "is_alone": revocation.is_hardcore_only}
            cursor.execute(ANNOUNCE_TAKEN_HARDCORE, taken | mode)
        if not revocation.is_hardcore_only:
            cursor.execute(TAKE.replace("__TABLE__", table), {**taken, "kind": "unlock_revoked"})


def _choose(revocation: Revocation, table: str, *, limit: int) -> list[Row]:
    if not limit:
        return []
    chosen: dict[str, Any] = {
        "game_id": revocation.game_id,
        "player_id": revocation.player_id,
        "achievement_id": revocation.achievement_id,
        "before": revocation.created_at,
        "reached_at": revocation.reached_at,
        "limit": limit,
    }
    statement = CHOOSE_OF_PLAYER if revocation.player_id else CHOOSE_OF_ACHIEVEMENT
    if revocation.is_hardcore_only:
        statement = statement.replace("unlocked_at", "hardcore_at")
    with connection.cursor() as cursor:
        cursor.execute(statement.replace("__TABLE__", table), chosen)
        return list(cursor.fetchall())


def _give_back_chunk(revocation: Revocation) -> None:
    # A revocation of the same unlocks waits here, and takes what comes back, or has taken it.
    lock_game(revocation.game_id)
    with connection.cursor() as cursor:
        cursor.execute(ARCHIVED_PLAYERS, [revocation.id])
        # Achievements earned again may be in the archive, where the ledger's key can't find them.
        bring_back([player_id for (player_id,) in cursor.fetchall()])
        cursor.execute(GIVE_BACK, {"revocation_id": revocation.id, "limit": CHUNK_SIZE, "kind": "unlock_restored"})
        chosen_count, restored_count = cursor.fetchone()
        mode: dict[str, Any] = {"kind": "hardcore_restored", "is_alone": revocation.is_hardcore_only}
        cursor.execute(GIVE_BACK_HARDCORE, {"revocation_id": revocation.id, "limit": CHUNK_SIZE, **mode})
        hardcore_chosen, hardcore_restored = cursor.fetchone()
    is_over = max(chosen_count, hardcore_chosen) < CHUNK_SIZE
    if revocation.is_hardcore_only:
        chosen_count, restored_count = hardcore_chosen, hardcore_restored
    revocation.restored_count += restored_count
    revocation.kept_count += chosen_count - restored_count
    _save(revocation, RevocationState.RESTORED if is_over else RevocationState.RESTORING)


def _save(revocation: Revocation, state: RevocationState) -> None:
    revocation.state = state
    revocation.save()
    if state in {RevocationState.REVOKING, RevocationState.RESTORING}:
        record([RevocationContinues(revocation.id)])
