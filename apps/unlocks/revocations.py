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
from apps.players.cache_versions import touch_players
from apps.unlocks import replay_cache
from apps.unlocks.archive import bring_back
from apps.unlocks.errors import GameWithoutModesError
from apps.unlocks.events import RevocationContinues
from apps.unlocks.models import Revocation, RevocationState
from apps.unlocks.revocation_sql import (
    ANNOUNCE_LATER,
    ANNOUNCE_LATER_HARDCORE,
    ANNOUNCE_TAKEN_HARDCORE,
    ARCHIVED_PLAYERS,
    CHOOSE_LATER,
    CHOOSE_LATER_HARDCORE,
    CHOOSE_OF_ACHIEVEMENT,
    CHOOSE_OF_PLAYER,
    GIVE_BACK,
    GIVE_BACK_HARDCORE,
    TAKE,
    TAKE_HARDCORE,
    TAKE_LATER,
    TAKE_LATER_HARDCORE,
)

# Unlocks per transaction; the relay continues with the rest.
CHUNK_SIZE = 1000
# Tables that hold unlocks.
TABLES = ("unlock", "unlock_archive")
HARDCORE_TABLES = ("hardcore_unlock",)
# Player, achievement and time of an unlock, and how many were sought with it.
Row = tuple[UUID, UUID, datetime, int]


class NothingToRevokeError(NotFoundError):
    code = "nothing_to_revoke"
    detail = gettext_noop("There is no such unlock in this game.")


class RevocationUnderWayError(ConflictError):
    code = "revocation_under_way"
    detail = gettext_noop("This revocation is still being carried out. Try again shortly.")


class AlreadyRestoredError(ConflictError):
    code = "already_restored"
    detail = gettext_noop("These unlocks have been restored before.")


class UnlocksRevokedError(ConflictError):
    code = "unlocks_revoked"
    detail = gettext_noop("The unlocks that this hardcore mode belongs to are revoked themselves. Restore those first.")


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
    Raises: NothingToRevokeError, GameWithoutModesError, RevocationUnavailableError, with nothing changed.
    """
    _refuse_without_modes(game, is_hardcore_only=is_hardcore_only)
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

    Of two times of players who were merged meanwhile the earlier stays. Hardcore modes come back to unlocks that are
    there; of `hardcore_only` others stay, in the state `revoked`.
    Raises: NotFoundError, RevocationUnderWayError, AlreadyRestoredError, GameWithoutModesError, UnlocksRevokedError,
    RevocationUnavailableError, with nothing changed.
    """
    with transaction.atomic():
        revocation = Revocation.objects.select_for_update().filter(pk=revocation_id, game=game).first()
        if revocation is None:
            raise NotFoundError
        if revocation.state == RevocationState.REVOKING:
            raise RevocationUnderWayError
        if revocation.state != RevocationState.REVOKED:
            raise AlreadyRestoredError
        _refuse_without_modes(game, is_hardcore_only=revocation.is_hardcore_only)
        revocation.state = RevocationState.RESTORING
        revocation.restored_at, revocation.restored_by = now(), restored_by
        if not _give_back_chunk(revocation) and revocation.state == RevocationState.REVOKED:
            raise UnlocksRevokedError
    transaction.on_commit(wake_relay)
    return revocation


def _refuse_without_modes(game: Game, *, is_hardcore_only: bool) -> None:
    if is_hardcore_only and not game.has_modes:
        raise GameWithoutModesError


def go_on(*, revocation_id: UUID) -> None:
    """Process the next chunk of a revocation or restoration, later if Redis is down. Call inside the relay."""
    revocation = Revocation.objects.select_for_update().get(pk=revocation_id)
    chunks = {RevocationState.REVOKING.value: _take_chunk, RevocationState.RESTORING.value: _give_back_chunk}
    if revocation.state not in chunks:
        return
    try:
        with transaction.atomic():
            chunks[revocation.state](revocation)
    except RevocationUnavailableError:
        record([RevocationContinues(revocation.id)])


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
    buried = [(revocation.game_id, *pair) for pair in pairs]
    outdated_at = _bury(buried)
    touch_players(player_id for player_id, _ in pairs)
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
    # Before the commit: whoever learns of it finds no process that still confirms them.
    replay_cache.wait_until_outdated(outdated_at)
    transaction.on_commit(lambda: replay_cache.bury_flushed(buried))


def _bury(unlocks: list[replay_cache.Buried]) -> float:
    try:
        return replay_cache.bury(unlocks)
    except RedisUnavailableError as error:
        raise RevocationUnavailableError from error


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


def _give_back_chunk(revocation: Revocation) -> int:
    """Move a chunk back; return how many were sought. Saves the record and the follow-up event with it."""
    # A revocation of the same unlocks waits here, and takes what comes back, or has taken it.
    lock_game(revocation.game_id)
    with connection.cursor() as cursor:
        cursor.execute(ARCHIVED_PLAYERS, [revocation.id])
        # Achievements earned again may be in the archive, where the ledger's key can't find them.
        bring_back([player_id for (player_id,) in cursor.fetchall()])
        chunk: dict[str, Any] = {"revocation_id": revocation.id, "limit": CHUNK_SIZE}
        _take_later(revocation, CHOOSE_LATER, is_with_unlock=True)
        cursor.execute(GIVE_BACK, {**chunk, "kind": "unlock_restored"})
        chosen_count, restored_count, players = cursor.fetchone()
        mode: dict[str, Any] = {"kind": "hardcore_restored", "is_alone": revocation.is_hardcore_only}
        _take_later(revocation, CHOOSE_LATER_HARDCORE, is_with_unlock=False)
        cursor.execute(GIVE_BACK_HARDCORE, chunk | mode)
        hardcore_chosen, hardcore_restored, alone_count, hardcore_players = cursor.fetchone()
    touch_players({*players, *hardcore_players})
    is_over = max(chosen_count, hardcore_chosen) < CHUNK_SIZE
    if revocation.is_hardcore_only:
        chosen_count, restored_count = hardcore_chosen, hardcore_restored
    # What was earned again and has its mode back is not as it was.
    revocation.restored_count += restored_count + alone_count
    revocation.kept_count += chosen_count - restored_count - alone_count
    _save(revocation, _state_after(revocation) if is_over else RevocationState.RESTORING)
    return int(chosen_count)


def _take_later(revocation: Revocation, choose: str, *, is_with_unlock: bool) -> None:
    """Remove what a merger left with later times than what comes back: unlocks and their modes, or modes alone."""
    with connection.cursor() as cursor:
        cursor.execute(choose, {"revocation_id": revocation.id, "limit": CHUNK_SIZE})
        pairs = cursor.fetchall()
        if not pairs:
            return
        _bury([(revocation.game_id, *pair) for pair in pairs])
        later: dict[str, Any] = {
            "player_ids": [player_id for player_id, _ in pairs],
            "achievement_ids": [achievement_id for _, achievement_id in pairs],
            "revocation_id": revocation.id,
        }
        mode = {"kind": "hardcore_revoked", "is_with_unlock": is_with_unlock}
        cursor.execute(ANNOUNCE_LATER_HARDCORE, later | mode)
        if is_with_unlock:
            cursor.execute(ANNOUNCE_LATER, {**later, "kind": "unlock_revoked"})
        cursor.execute(TAKE_LATER if is_with_unlock else TAKE_LATER_HARDCORE, later)


def _state_after(revocation: Revocation) -> RevocationState:
    """Return the state after the last chunk of a restoration: modes whose unlock is not there wait for another."""
    is_left = revocation.is_hardcore_only and revocation.hardcore_unlocks.exists()
    return RevocationState.REVOKED if is_left else RevocationState.RESTORED


def _save(revocation: Revocation, state: RevocationState) -> None:
    revocation.state = state
    revocation.save()
    if state in {RevocationState.REVOKING, RevocationState.RESTORING}:
        record([RevocationContinues(revocation.id)])
