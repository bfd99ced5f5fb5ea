"""Merging players while their unlocks are revoked or restored, at every statement of the merger."""

import threading
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from functools import partial
from itertools import count
from typing import Any

import pytest
from django.db import connection, transaction

from apps.core.clock import now
from apps.games.models import Achievement, Game
from apps.players.events import PlayersMerged
from apps.players.models import Player
from apps.unlocks.actions import record_unlocks
from apps.unlocks.models import Revocation
from apps.unlocks.reports import Report
from apps.unlocks.revocations import NothingToRevokeError, UnlocksRevokedError, restore_revocation, revoke_unlocks
from apps.unlocks.subscribers import move_ledgers
from tests.factories import make_player, turn_on_modes
from tests.live import wait_until
from tests.recompute import HARDCORE_ALONE
from tests.unlocks.rivals import is_someone_waiting

pytestmark = pytest.mark.django_db(transaction=True)
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


@pytest.fixture
def game(game: Game) -> Game:
    """A game with modes."""
    return turn_on_modes(game)


def earn(player: Player, achievement: Achievement, *, days: int) -> None:
    at = now() - timedelta(days=days)
    record_unlocks(reports=[Report(achievement.game_id, player.id, achievement.id, None, at, is_hardcore=True)])


def revoke(player: Player, achievement: Achievement, *, is_hardcore_only: bool) -> Revocation:
    return revoke_unlocks(
        game=achievement.game, player_id=player.id, achievement_id=achievement.id, reason="", revoked_by="key:1",
        is_hardcore_only=is_hardcore_only,
    )  # fmt: skip


def restore(revocation: Revocation) -> None:
    restore_revocation(revocation_id=revocation.id, game=revocation.game, restored_by="key:1")


def merge_meeting(rival: Callable[[], Any], statement: int, old: Player, new: Player) -> bool:
    """Merge, with the rival beside it from before that statement on; return whether there is such a statement.

    The rival runs until it has ended or waits for the merger.
    """
    calls: list[None] = []
    thread = threading.Thread(target=in_a_connection_of_its_own, args=[rival])

    def meet(execute: Any, *call: Any) -> Any:
        calls.append(None)
        if len(calls) == statement:
            thread.start()
            wait_until(lambda: not thread.is_alive() or is_someone_waiting(), "the rival to end, or to wait")
        return execute(*call)

    with transaction.atomic(), connection.execute_wrapper(meet):
        move_ledgers([PlayersMerged(old.id, new.id)], step=None)  # type: ignore[arg-type]
    if thread.ident:
        thread.join()
    return bool(thread.ident)


def in_a_connection_of_its_own(work: Callable[[], Any]) -> None:
    try:
        with suppress(NothingToRevokeError, UnlocksRevokedError):
            work()
    finally:
        connection.close()


def rows(query: str) -> Counter[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, [])
        return Counter(cursor.fetchall())


@pytest.mark.parametrize(("is_revoked_before", "is_hardcore_only"), [(False, False), (True, True)])
def test_at_whatever_statement_a_merger_is_met_no_mode_or_event_is_wrong(
    achievement: Achievement, game: Game, *, is_revoked_before: bool, is_hardcore_only: bool
) -> None:
    for statement in count(1):
        old, new = make_player(), make_player()
        earn(old, achievement, days=5)
        earn(new, achievement, days=3)
        rival = partial(revoke, new, achievement, is_hardcore_only=is_hardcore_only)
        if is_revoked_before:
            rival = partial(restore, rival())

        was_met = merge_meeting(rival, statement, old, new)

        assert rows(SAID) == rows(HELD), statement
        assert rows(HARDCORE_ALONE) == Counter(), statement
        if not was_met:
            break
    assert statement > 10
