"""Unlocks that meet a lock: one time-out a request, whatever path it takes, and nobody waits for another's lock."""

import asyncio
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction

from apps.games.auth import keys
from apps.games.models import Achievement, Game
from apps.players.models import Player
from apps.unlocks.actions import record_unlocks
from apps.unlocks.fast_path import PATH
from apps.unlocks.models import Unlock
from apps.unlocks.reports import Report
from tests.asgi import Reply, send_request
from tests.factories import make_key

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("lasting_callers")]


@pytest.fixture
def token(game: Game, settings: Any) -> str:
    """A live key that this process has seen lately, without a limit that would keep it from the fast path."""
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "key": 0}
    token = make_key(game)
    keys.cache.find(token)
    return token


@pytest.fixture
def locked_unlock(game: Game, alice: Player, achievement: Achievement) -> Iterator[None]:
    """Somebody records alice's unlock, and neither commits nor gives up."""
    is_locked, is_over = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            record_unlocks(reports=[Report(game.id, alice.id, achievement.id, None, None)])
            is_locked.set()
            is_over.wait(30)
            transaction.set_rollback(True)
        connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    assert is_locked.wait(5)
    yield
    is_over.set()
    thread.join()


async def post(token: str, player: Player, achievement: Achievement, *, after: float = 0.0) -> Reply:
    body = {"player_id": str(player.id), "achievement_id": str(achievement.id)}
    return await send_request("POST", PATH, token=token, body=body, after=after)


def test_a_lock_costs_an_unlock_one_time_out_and_its_neighbours_none(
    token: str, alice: Player, bob: Player, achievement: Achievement, locked_unlock: None
) -> None:
    async def report() -> list[Reply]:
        return await asyncio.gather(
            post(token, alice, achievement),
            post(token, alice, achievement, after=0.1),
            # Behind two groups that wait.
            post(token, bob, achievement, after=0.2),
            post(token, alice, achievement, after=0.2),
        )

    first, second, neighbour, behind = asyncio.run(report())

    refused = (first, second, behind)
    assert [(reply.status, reply.json()["code"]) for reply in refused] == [(503, "database_unavailable")] * 3
    assert max(reply.seconds for reply in refused) < 6
    assert neighbour.status == 201
    assert neighbour.seconds < 5
    assert set(Unlock.objects.values_list("player_id", flat=True)) == {bob.id}
