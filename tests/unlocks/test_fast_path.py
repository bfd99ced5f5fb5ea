"""The fast path answers as the ordinary way does, or leaves the request to it."""

import asyncio
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import orjson
import pytest

from apps.core.clock import now
from apps.core.models import OutboxEntry
from apps.games.auth import keys
from apps.games.models import Achievement, ApiKey, Game
from apps.players.models import Player
from apps.unlocks import fast_path, replay_cache
from apps.unlocks.actions import record_or_recall
from apps.unlocks.models import Unlock
from apps.unlocks.reports import Report
from tests.asgi import send_request
from tests.conftest import Api
from tests.factories import make_achievement, make_game, make_key, make_player
from tests.live import wait_until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("lasting_callers")]


@pytest.fixture(autouse=True)
def unlimited(settings: Any) -> None:
    """The lane takes nothing of a caller whose count it must read from Redis; where that is not the point, no limit."""
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "key": 0}


def send(token: str, body: Any, **changes: Any) -> Any:
    """Offer a request to the lane, and return (status, body) or None."""
    headers = {
        b"authorization": f"Bearer {token}".encode(),
        b"content-type": b"application/json",
        **changes.pop("headers", {}),
    }
    scope = {"method": "POST", "query_string": b"", "headers": list(headers.items()), **changes}
    raw = body if isinstance(body, bytes) else orjson.dumps(body)
    finished = asyncio.run(fast_path.unlock(scope, raw))
    return None if finished is None else (finished[0], orjson.loads(finished[2]))


@pytest.fixture
def token(game: Game) -> str:
    """A live key that this process has seen lately."""
    token = make_key(game)
    keys.cache.find(token)
    return token


def body_of(player: Player, achievement: Achievement) -> dict[str, str]:
    return {"player_id": str(player.id), "achievement_id": str(achievement.id)}


def test_a_new_and_a_repeated_unlock_are_answered_as_the_ordinary_way_answers(
    token: str, alice: Player, bob: Player, achievement: Achievement
) -> None:
    ordinary = Api(token)

    first = send(token, body_of(alice, achievement))
    again = send(token, body_of(alice, achievement))

    other = ordinary.unlock(bob, achievement)
    assert first is not None
    assert first[0] == other.status_code == 201
    assert first[1].keys() == other.json().keys()
    assert again == (200, {**first[1], "unlocked": False})
    assert ordinary.unlock(alice, achievement).json() == again[1]
    assert Unlock.objects.count() == OutboxEntry.objects.count() == 2


def test_unlocks_that_arrive_together_are_recorded_together(token: str, game: Game) -> None:
    achievement = make_achievement(game)
    players = [make_player() for _ in range(30)]
    scope: dict[str, Any] = {
        "method": "POST",
        "query_string": b"",
        "headers": [(b"authorization", f"Bearer {token}".encode()), (b"content-type", b"application/json")],
    }

    async def race() -> list[Any]:
        bodies = [orjson.dumps(body_of(player, achievement)) for player in players * 2]
        return await asyncio.gather(*(fast_path.unlock(scope, body) for body in bodies))

    statuses = [finished[0] for finished in asyncio.run(race())]

    assert sorted(statuses) == [200] * 30 + [201] * 30
    assert Unlock.objects.count() == OutboxEntry.objects.count() == 30


def test_every_unlock_of_a_large_group_is_remembered(alice: Player, game: Game) -> None:
    achievements = [make_achievement(game) for _ in range(60)]
    reports = [Report(game.id, alice.id, achievement.id, None, None) for achievement in achievements]
    first = record_or_recall(reports)

    wait_until(lambda: None not in replay_cache.recall(reports), "every repeat to be remembered")

    Unlock.objects.all().delete()
    again = record_or_recall(reports)
    assert [outcome.outcome for outcome in first] == ["unlocked"] * 60
    assert [(outcome.outcome, outcome.unlocked_at) for outcome in again] == [
        ("repeated", outcome.unlocked_at) for outcome in first
    ]
    assert Unlock.objects.count() == 0


@pytest.mark.parametrize(
    "changes",
    [
        {"method": "GET"},
        {"query_string": b"pretty=1"},
        {"headers": {b"content-type": b"text/plain"}},
        {"headers": {b"authorization": b"Basic abc"}},
        {"headers": {b"authorization": b"Bearer lk_live_nobody_knows_this_one"}},
    ],
)
def test_anything_unusual_goes_the_ordinary_way(
    token: str, alice: Player, achievement: Achievement, changes: dict[str, Any]
) -> None:
    assert send(token, body_of(alice, achievement), **changes) is None
    assert Unlock.objects.count() == 0


def test_a_refused_report_and_a_malformed_one_go_the_ordinary_way(
    token: str, alice: Player, achievement: Achievement
) -> None:
    foreign = make_achievement(make_game())
    Achievement.objects.filter(pk=achievement.pk).update(state="archived")

    assert send(token, body_of(alice, foreign)) is None
    assert send(token, body_of(alice, achievement)) is None
    assert send(token, {**body_of(alice, achievement), "player_id": str(uuid4())}) is None
    assert send(token, {"player_id": 7}) is None
    assert send(token, {**body_of(alice, achievement), "unlockedAt": None}) is None
    assert send(token, b"{") is None
    assert Unlock.objects.count() == 0


def test_test_keys_revoked_keys_and_unseen_keys_go_the_ordinary_way(
    game: Game, alice: Player, achievement: Achievement
) -> None:
    test, revoked, unseen = make_key(game, "test"), make_key(game, revoked_at=now()), make_key(game)
    for token in (test, revoked):
        keys.cache.find(token)

    assert [send(token, body_of(alice, achievement)) for token in (test, revoked, unseen)] == [None, None, None]
    assert Unlock.objects.count() == 0


def test_a_key_without_the_scope_and_a_players_token_go_the_ordinary_way(
    game: Game, alice: Player, achievement: Achievement, token_api: Callable[..., Api]
) -> None:
    reader, reporter = make_key(game, scopes=["read"]), make_key(game, scopes=["unlocks:write"])
    for token in (reader, reporter):
        keys.cache.find(token)
    client = token_api(alice, game).headers["Authorization"].removeprefix("Bearer ")

    assert [send(token, body_of(alice, achievement)) for token in (reader, client)] == [None, None]
    assert Unlock.objects.count() == 0
    assert send(reporter, body_of(alice, achievement))[0] == 201


def test_both_ways_answer_with_the_same_headers(
    token: str, alice: Player, bob: Player, achievement: Achievement
) -> None:
    headers = [(b"authorization", f"Bearer {token}".encode()), (b"content-type", b"application/json")]
    scope = {"method": "POST", "query_string": b"", "headers": headers}

    finished = asyncio.run(fast_path.unlock(scope, orjson.dumps(body_of(alice, achievement))))
    ordinary = Api(token).unlock(bob, achievement)

    assert finished is not None
    fast_names = {name.decode() for name, _ in finished[1]}
    assert fast_names <= {name.lower() for name in ordinary.headers} | {"content-length"}
    assert dict(finished[1])[b"cache-control"].decode() == ordinary["Cache-Control"]


def test_a_key_is_renewed_by_one_request_before_it_runs_out_for_all(
    token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert keys.cache.peek(token) is not None
    ApiKey.objects.update(revoked_at=now())
    moment = keys.time.monotonic()
    monkeypatch.setattr(keys.time, "monotonic", lambda: moment + keys.CACHE_SECONDS - 0.5)

    assert keys.cache.peek(token) is None
    still = keys.cache.peek(token)
    renewed = keys.cache.find(token)

    assert still is not None
    assert still.revoked_at is None
    assert renewed is not None
    assert renewed.revoked_at is not None
    assert keys.cache.peek(token) == renewed


def test_a_caller_over_its_limit_is_left_to_the_ordinary_way(
    token: str, alice: Player, achievement: Achievement, settings: Any
) -> None:
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "key": 3}
    body = body_of(alice, achievement)

    unknown = send(token, body)
    counted = Api(token).post("achievements/unlock", body)
    responses = [send(token, body) for _ in range(3)]
    refused = Api(token).post("achievements/unlock", body)

    assert unknown is None
    assert (counted.status_code, counted["RateLimit"].split(";")[1]) == (201, "r=2")
    assert [response and response[0] for response in responses] == [200, 200, None]
    assert (refused.status_code, refused.json()["code"]) == (429, "rate_limited")


def test_a_call_that_the_lane_leaves_to_the_ordinary_way_counts_once(
    token: str, alice: Player, achievement: Achievement, settings: Any
) -> None:
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "key": 10}
    bodies = [body_of(alice, achievement), {**body_of(alice, achievement), "achievement_id": "ACH_NONE"}]

    replies = [
        asyncio.run(send_request("POST", fast_path.PATH, token=token, body=body)) for body in [*bodies, bodies[0]]
    ]

    assert [reply.status for reply in replies] == [201, 404, 200]
    assert [reply.headers["ratelimit"].split(";")[1] for reply in replies] == ["r=9", "r=8", "r=7"]


def test_a_browser_on_another_site_goes_the_ordinary_way(token: str, alice: Player, achievement: Achievement) -> None:
    body = body_of(alice, achievement)

    assert send(token, body, headers={b"origin": b"https://play.example"}) is None
    assert send(token, body) is not None


def test_the_lane_keeps_browsers_safe_as_the_ordinary_way_does(
    token: str, alice: Player, achievement: Achievement, settings: Any
) -> None:
    settings.SECURE_SSL_REDIRECT, settings.SECURE_HSTS_SECONDS = True, 60
    headers = [(b"authorization", f"Bearer {token}".encode()), (b"content-type", b"application/json")]
    scope = {"method": "POST", "query_string": b"", "headers": headers, "scheme": "https"}
    body = orjson.dumps(body_of(alice, achievement))

    in_the_clear = asyncio.run(fast_path.unlock({**scope, "scheme": "http"}, body))
    has_recorded = Unlock.objects.exists()
    finished = asyncio.run(fast_path.unlock(scope, body))

    assert (in_the_clear, has_recorded) == (None, False)
    assert finished is not None
    assert (b"strict-transport-security", b"max-age=60") in finished[1]
    assert (b"x-content-type-options", b"nosniff") in finished[1]
