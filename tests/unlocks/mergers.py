"""Merges players, and compares events with the ledger."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from apps.core.clock import now
from apps.games.models import Achievement
from apps.players.events import PlayersMerged
from apps.players.models import Player
from apps.unlocks.actions import record_unlocks
from apps.unlocks.models import Revocation
from apps.unlocks.reports import Report
from apps.unlocks.revocations import restore_revocation, revoke_unlocks
from apps.unlocks.subscribers import move_ledgers
from tests.recompute import HARDCORE_ALONE

# What events say of unlocks and modes, and what the ledger has; both are equal where no event is wrong or left out.
SAID = """
SELECT kind LIKE 'hardcore%%', (payload->>'player_id')::uuid, (payload->>'points')::int,
    (payload->>'unlocked_at')::timestamptz, sum(CASE WHEN kind LIKE '%%revoked' THEN -1 ELSE 1 END)
FROM outbox WHERE kind IN ('achievement_unlocked', 'unlock_revoked', 'unlock_restored',
    'hardcore_earned', 'hardcore_revoked', 'hardcore_restored')
GROUP BY 1, 2, 3, 4 HAVING sum(CASE WHEN kind LIKE '%%revoked' THEN -1 ELSE 1 END) <> 0
"""
HELD = """
SELECT false, player_id, points, unlocked_at, 1 FROM unlock
UNION ALL SELECT true, h.player_id, u.points, h.hardcore_at, 1 FROM hardcore_unlock h
JOIN unlock u USING (player_id, achievement_id)
"""


def earn(player: Player, achievement: Achievement, *, days: int, is_hardcore: bool = True) -> datetime:
    at = now() - timedelta(days=days)
    report = Report(achievement.game_id, player.id, achievement.id, None, at, is_hardcore=is_hardcore)
    record_unlocks(reports=[report])
    return at


def revoke(player: Player | None, achievement: Achievement, *, is_hardcore_only: bool = False) -> Revocation:
    return revoke_unlocks(
        game=achievement.game, player_id=player and player.id, achievement_id=achievement.id,
        is_hardcore_only=is_hardcore_only, reason="", revoked_by="key:1",
    )  # fmt: skip


def restore(revocation: Revocation) -> Revocation:
    return restore_revocation(revocation_id=revocation.id, game=revocation.game, restored_by="key:1")


def merge(old: Player, new: Player) -> None:
    with transaction.atomic():
        move_ledgers([PlayersMerged(old.id, new.id)], step=None)  # type: ignore[arg-type]


def wrong_events() -> dict[tuple[Any, ...], Any]:
    """Return what events say of unlocks and modes that the ledger doesn't, and the other way round.

    While no relay has carried any of them out.
    """
    said = _rows(SAID)
    said.subtract(_rows(HELD))
    said.update(_rows(HARDCORE_ALONE))
    return {row: count for row, count in said.items() if count}


def _rows(query: str) -> Counter[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, [])
        return Counter(cursor.fetchall())
