"""A repeat that a process has lately answered it answers again by itself, and never one that was revoked since."""

import asyncio
import os
import random
import signal
import threading
from collections.abc import Callable, Iterator
from datetime import datetime
from time import monotonic, sleep
from typing import Any, NamedTuple

import orjson
import pytest

from apps.core.asgi import known_versions
from apps.core.redis import client as redis
from apps.core.redis.breakers import breaker
from apps.games.auth import keys
from apps.games.models import Achievement, Game
from apps.players.models import Player
from apps.unlocks import fast_path, replay_memory
from apps.unlocks.models import RevokedUnlock, Unlock
from apps.unlocks.revocations import revoke_unlocks
from tests.asgi import Reply, send_request
from tests.core.test_response_cache import common
from tests.factories import make_key, make_player
from tests.live import wait_until
from tests.unlocks.rivals import at_once
from tests.unlocks.test_repeats import names, wait_until_cached

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("lasting_callers")]


@pytest.fixture
def token(game: Game) -> str:
    token = make_key(game)
    keys.cache.find(token)
    return token


@pytest.fixture
def batches(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The reports that took a thread."""
    seen: list[Any] = []
    call = fast_path._together.call

    async def noted(report: Any) -> Any:
        seen.append(report)
        return await call(report)

    monkeypatch.setattr(fast_path._together, "call", noted)
    return seen


def report(token: str, body: dict[str, str]) -> Reply:
    return asyncio.run(send_request("POST", fast_path.PATH, token=token, body=body))


def hold_in_memory(token: str, player: Player, achievement: Achievement) -> dict[str, str]:
    """Have an unlock recorded and recalled by this process, and return its body."""
    body = names(player, achievement)["key"]
    report(token, body)
    wait_until_cached(player, achievement)
    # The first recall makes the game's version, the next one is noted with it.
    for _ in range(2):
        report(token, body)
    return body


def revoke(game: Game, achievement: Achievement) -> list[datetime]:
    """Revoke an achievement's unlocks, and return when they had been earned."""
    revocation = revoke_unlocks(game=game, player_id=None, achievement_id=achievement.id, reason="x", revoked_by="x")
    return list(RevokedUnlock.objects.filter(revocation=revocation).values_list("unlocked_at", flat=True))


@pytest.mark.parametrize("name", ["id", "key"])
def test_a_repeat_takes_neither_a_thread_nor_redis_and_says_what_django_says(
    token: str, alice: Player, achievement: Achievement, batches: list[Any], name: str
) -> None:
    hold_in_memory(token, alice, achievement)
    body = names(alice, achievement)[name]
    ordinary = asyncio.run(send_request("POST", fast_path.PATH, token=token, body=body, headers={"cookie": "a=b"}))
    batches.clear()
    # Only this process has it now.
    Unlock.objects.all().delete()
    for key in redis.client().scan_iter(match="repeat:*"):
        redis.client().delete(key)

    again = [report(token, body) for _ in range(3)]

    assert [(reply.status, reply.body, common(reply)) for reply in again] == [
        (200, ordinary.body, common(ordinary))
    ] * 3
    assert [reply.headers["ratelimit"].split(";")[0] for reply in again] == [
        ordinary.headers["ratelimit"].split(";")[0]
    ] * 3
    assert batches == []


def test_a_revoked_unlock_is_earned_anew_at_once(
    token: str, game: Game, alice: Player, achievement: Achievement, batches: list[Any]
) -> None:
    body = hold_in_memory(token, alice, achievement)
    batches.clear()
    before = report(token, body).json()
    (revoked_at,) = revoke(game, achievement)

    after = [report(token, body) for _ in range(2)]

    assert datetime.fromisoformat(before["unlocked_at"]) == revoked_at
    assert [(reply.status, reply.json()["unlocked"]) for reply in after] == [(201, True), (200, False)]
    assert len(batches) == 2


def test_a_flush_while_a_revocation_is_under_way_has_nothing_confirmed_after_it(
    token: str, game: Game, alice: Player, achievement: Achievement, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = hold_in_memory(token, alice, achievement)

    def flush(player_ids: object) -> None:
        """Lose the tombstones, and have the unlock confirmed from PostgreSQL and cached, before it is taken."""
        redis.client().flushall()
        assert at_once(lambda: report(token, body).status) == [200]
        wait_until_cached(alice, achievement)
        report(token, body)

    monkeypatch.setattr("apps.unlocks.revocations.touch_players", flush)
    (revoked_at,) = revoke(game, achievement)

    after = report(token, body)

    assert (after.status, after.json()["unlocked"]) == (201, True)
    assert after.json()["unlocked_at"] > revoked_at.isoformat()[:19]


def test_what_a_flush_takes_from_redis_counts_no_more_in_memory(
    token: str, game: Game, alice: Player, achievement: Achievement
) -> None:
    body = hold_in_memory(token, alice, achievement)
    # After the flush nothing says that a version has changed.
    redis.client().flushall()
    Unlock.objects.all().delete()

    assert report(token, body).status == 201


def test_a_repeat_ends_after_some_seconds_whatever_redis_says(
    token: str, alice: Player, achievement: Achievement, batches: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    body = hold_in_memory(token, alice, achievement)
    batches.clear()
    report(token, body)
    before = len(batches)
    moment = replay_memory.time.time()
    monkeypatch.setattr(replay_memory.time, "time", lambda: moment + replay_memory.SECONDS)

    report(token, body)

    assert (before, len(batches)) == (0, 1)


@pytest.mark.parametrize("unlocked_at", ["2020-01-01T00:00:00Z", "2100-01-01T00:00:00Z"])
def test_the_clock_refuses_what_is_in_memory(
    token: str, alice: Player, achievement: Achievement, unlocked_at: str
) -> None:
    body = hold_in_memory(token, alice, achievement)

    refused = report(token, {**body, "unlocked_at": unlocked_at})

    assert (refused.status, refused.json()["code"][:12]) == (400, "unlocked_at_")
    assert report(token, body).status == 200


def test_without_redis_postgresql_answers(
    token: str, alice: Player, achievement: Achievement, frozen: Callable[[], None]
) -> None:
    body = hold_in_memory(token, alice, achievement)
    frozen()

    there = report(token, body).status
    Unlock.objects.all().delete()
    gone = report(token, body).status

    assert (there, gone) == (200, 201)


@pytest.fixture
def frozen() -> Iterator[Callable[[], None]]:
    pid = int(redis.client().info("server")["process_id"])
    yield lambda: os.kill(pid, signal.SIGSTOP)
    os.kill(pid, signal.SIGCONT)
    breaker.reset()


class Answer(NamedTuple):
    sent_at: float
    unlocked_at: datetime


class Crowd:
    """Games that report one unlock again and again on an event loop, and all that they were answered."""

    def __init__(self, token: str) -> None:
        self.headers = [(b"authorization", f"Bearer {token}".encode()), (b"content-type", b"application/json")]
        self.answers: list[Answer] = []
        self.is_over = threading.Event()
        self.body = b""

    def run(self) -> None:
        asyncio.run(self._repeat_all())

    async def _repeat_all(self) -> None:
        await asyncio.gather(*(self._repeat() for _ in range(4)))

    async def _repeat(self) -> None:
        while not self.is_over.is_set():
            sent_at = monotonic()
            scope = {"method": "POST", "query_string": b"", "headers": self.headers}
            finished = await fast_path.unlock(scope, self.body)
            if finished is not None:
                body = orjson.loads(finished[2])
                self.answers.append(Answer(sent_at, datetime.fromisoformat(body["unlocked_at"])))
            # The revocation needs this process, too.
            await asyncio.sleep(0.0005)

    def sent_after(self, at: float, moment: datetime) -> int:
        """Count the reports sent after `at` and answered with this time all the same."""
        return sum(answer.unlocked_at == moment and answer.sent_at > at for answer in self.answers)


@pytest.mark.parametrize("rounds", [12, pytest.param(600, marks=[pytest.mark.full, pytest.mark.timeout(600)])])
def test_no_report_sent_after_a_revocation_was_acknowledged_is_answered_with_what_it_took(
    token: str,
    game: Game,
    achievement: Achievement,
    batches: list[Any],
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
    rounds: int,
) -> None:
    # Versions get as old as they may.
    monkeypatch.setattr(known_versions, "RENEWED_SECONDS", known_versions.TRUSTED_SECONDS)
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "key": 0}
    crowd, taken = Crowd(token), list[tuple[float, datetime]]()
    pid, chance = int(redis.client().info("server")["process_id"]), random.Random(rounds)

    def stop_redis() -> None:
        os.kill(pid, signal.SIGSTOP)
        sleep(0.05)
        os.kill(pid, signal.SIGCONT)

    def take() -> None:
        try:
            for _ in range(rounds):
                # Where a tombstone is, nothing is remembered for minutes: so another player each time.
                crowd.body = orjson.dumps(names(make_player(), achievement)["key"])
                chance.choice([redis.client().flushall, stop_redis, list, list])()
                enough = len(crowd.answers) - len(batches) + 20
                wait_until(lambda enough=enough: len(crowd.answers) - len(batches) > enough, "repeats from memory")
                found = revoke(game, achievement)
                taken.extend((monotonic(), moment) for moment in found)
        finally:
            crowd.is_over.set()

    crowd.body = orjson.dumps(names(make_player(), achievement)["key"])
    at_once(crowd.run, take)

    assert len({moment for _, moment in taken}) >= rounds
    assert [crowd.sent_after(at, moment) for at, moment in taken] == [0] * len(taken)
