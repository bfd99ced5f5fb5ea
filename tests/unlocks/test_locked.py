"""Unlocks that meet a lock: one time-out a request, whatever roads it takes, and nobody waits for another's lock."""

import asyncio
import threading
import time
from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from django.db import connection, transaction

from achievements_site.asgi import application
from apps.games import keys
from apps.games.models import Achievement, Game
from apps.players.models import Player
from apps.unlocks.actions import record_unlocks
from apps.unlocks.express import PATH
from apps.unlocks.models import Unlock
from apps.unlocks.reports import Report
from tests.factories import make_key

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def token(game: Game, settings: Any) -> str:
    """A live key that this process has seen lately, without a limit that would keep it from the express lane."""
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


async def post(token: str, player: Player, achievement: Achievement, *, after: float = 0.0) -> tuple[int, Any, float]:
    """Report an unlock through everything that serves HTTP; return status, body and seconds."""
    await asyncio.sleep(after)
    body = orjson.dumps({"player_id": str(player.id), "achievement_id": str(achievement.id)})
    headers = [(b"authorization", f"Bearer {token}".encode()), (b"content-type", b"application/json")]
    scope = {
        "type": "http",
        "method": "POST",
        "path": PATH,
        "raw_path": PATH.encode(),
        "query_string": b"",
        "http_version": "1.1",
        "scheme": "http",
        "headers": [*headers, (b"host", b"localhost"), (b"content-length", str(len(body)).encode())],
    }
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    began_at = time.monotonic()
    await application(scope, receive, send)
    return sent[0]["status"], orjson.loads(sent[1]["body"]), time.monotonic() - began_at


def test_a_lock_costs_an_unlock_one_time_out_and_its_neighbours_none(
    token: str, alice: Player, bob: Player, achievement: Achievement, locked_unlock: None
) -> None:
    async def report() -> list[tuple[int, Any, float]]:
        return await asyncio.gather(
            post(token, alice, achievement),
            post(token, alice, achievement, after=0.1),
            # Behind two groups that wait.
            post(token, bob, achievement, after=0.2),
            post(token, alice, achievement, after=0.2),
        )

    first, second, neighbour, behind = asyncio.run(report())

    assert [(status, body["code"]) for status, body, _ in (first, second, behind)] == [
        (503, "database_unavailable")
    ] * 3
    assert max(seconds for _, _, seconds in (first, second, behind)) < 6
    assert neighbour[0] == 201
    assert neighbour[2] < 5
    assert set(Unlock.objects.values_list("player_id", flat=True)) == {bob.id}
