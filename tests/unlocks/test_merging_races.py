"""Merging players while their unlocks are revoked or restored, at every statement of the merger."""

import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from itertools import count
from typing import Any

import pytest
from django.db import connection

from apps.games.models import Achievement, Game
from apps.players.models import Player
from apps.unlocks.revocations import NothingToRevokeError, UnlocksRevokedError
from tests.factories import make_player, turn_on_modes
from tests.live import wait_until
from tests.unlocks.mergers import earn, merge, restore, revoke, wrong_events
from tests.unlocks.rivals import is_someone_waiting

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def game(game: Game) -> Game:
    """A game with modes."""
    return turn_on_modes(game)


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

    with connection.execute_wrapper(meet):
        merge(old, new)
    if thread.ident:
        thread.join()
    return bool(thread.ident)


def in_a_connection_of_its_own(work: Callable[[], Any]) -> None:
    try:
        with suppress(NothingToRevokeError, UnlocksRevokedError):
            work()
    finally:
        connection.close()


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

        assert wrong_events() == {}, statement
        if not was_met:
            break
    assert statement > 10
