"""Conventions that every endpoint keeps: limits, retries, compression, deprecation, problems."""

import gzip
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier, Event
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client, override_settings
from django.urls import path
from rest_framework.request import Request

from apps.core.api.auth.callers import Access, Scope
from apps.core.api.openapi.deprecation import Deprecation
from apps.core.api.views import ApiView
from apps.core.api.wire.responses import json_response
from apps.core.clock import now
from apps.core.models import IdempotencyRecord
from apps.core.redis import client as redis
from apps.core.redis.breakers import breaker
from apps.core.redis.rate_counters import Meter, Policy
from apps.games.models import Game
from apps.players.models import Player
from tests.conftest import Api
from tests.factories import make_game, make_key
from tests.live import wait_until

entered, may_leave = Event(), Event()


class CountingView(ApiView):
    """Counts how often it really ran."""

    access = {"POST": Access(key=Scope.READ), "GET": Access(anonymous=True)}
    is_idempotent = True
    deprecation = Deprecation(datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC), "/docs/")
    calls = 0

    def post(self, request: Request) -> HttpResponse:
        type(self).calls += 1
        if request.data.get("wait"):
            entered.set()
            may_leave.wait(5)
        if request.data.get("fail"):
            return json_response({}, status=409)
        return json_response({"call": self.calls}, status=201)

    def get(self, request: Request) -> HttpResponse:
        response = json_response({"text": "long " * 1000})
        response.is_secret = "secret" in request.query_params  # type: ignore[attr-defined]
        return response


urlpatterns = [path("api/v1/counting", CountingView.as_view())]
handler404 = "apps.web.views.errors.not_found"
own_urls = override_settings(ROOT_URLCONF=__name__)


def post(token: str, key: str | None, body: dict[str, Any]) -> Any:
    headers = {"Authorization": f"Bearer {token}"} | ({"Idempotency-Key": key} if key else {})
    return Client().post("/api/v1/counting", body, content_type="application/json", headers=headers)


@pytest.fixture
def token(db: None) -> str:
    CountingView.calls = 0
    return make_key(make_game())


def limited(**limits: int) -> Any:
    every = {"key": 0, "token": 0, "session": 0, "anonymous": 0, "secret": 0}
    return override_settings(RATE_LIMITS=every | limits)


def test_a_caller_over_its_limit_learns_when_to_come_again(anonymous: Api, api: Api, alice: Player) -> None:
    with limited(anonymous=3):
        answers = [anonymous.get(f"players/{alice.id}") for _ in range(4)]
        other = api.get(f"players/{alice.id}")

    refused = answers[3]
    assert [response.status_code for response in answers] == [200, 200, 200, 429]
    assert [response["RateLimit"].split(";")[1] for response in answers] == ["r=2", "r=1", "r=0", "r=0"]
    assert answers[0]["RateLimit-Policy"] == '"anonymous-read";q=3;w=60'
    assert (refused.json()["code"], refused.json()["retryable"]) == ("rate_limited", True)
    assert refused.json()["retry_after_seconds"] == int(refused["Retry-After"]) <= 60
    assert other.status_code == 200
    assert "RateLimit" not in other.headers


def test_processes_count_together_and_without_redis_alone() -> None:
    policy, meters = Policy("test", 10), (Meter(), Meter())
    for meter in meters:
        for _ in range(4):
            assert meter.hit("someone", policy).is_admitted
        meter._counts["test:someone"].settled_at = 0.0
    later = [meter.hit("someone", policy) for meter in meters]

    assert later[1].remaining <= 2
    for _ in range(breaker.failures_max):
        with pytest.raises(redis.RedisUnavailableError):
            redis.run_with_breaker(_fail)
    alone = Meter()
    assert [alone.hit("someone", policy).is_admitted for _ in range(11)] == [True] * 10 + [False]


def _fail(client: redis.Client) -> None:
    raise redis.RedisError


def test_a_call_that_must_not_wait_has_its_count_settled_beside_it() -> None:
    policy = Policy("test", 1000)
    meter, other = Meter(), Meter()

    def knows_the_count() -> bool:
        other.hit("someone", policy)
        return meter.hit_locally("someone", policy) is None

    assert meter.hit_locally("someone", policy) is None, "nothing is known yet"
    meter.hit("someone", policy)
    assert meter.hit_locally("someone", policy) is not None
    for _ in range(998):
        other.hit("someone", policy)
    # By its own few calls it would be far from the limit.
    wait_until(knows_the_count, "it learns what the other process has let through")


@own_urls
def test_a_retry_gets_the_first_response_and_does_nothing(token: str) -> None:
    first, again = post(token, "a", {"x": 1}), post(token, "a", {"x": 1})
    other = post(token, "b", {"x": 1})

    assert [response.json() for response in (first, again, other)] == [{"call": 1}, {"call": 1}, {"call": 2}]
    assert (again.status_code, again["Idempotency-Replayed"]) == (201, "true")
    assert "Idempotency-Replayed" not in first.headers


@own_urls
def test_a_key_belongs_to_its_caller_and_its_body(token: str) -> None:
    post(token, "a", {"x": 1})

    reused = post(token, "a", {"x": 2})
    stranger = post(make_key(make_game()), "a", {"x": 2})
    odd = post(token, "two words", {})

    assert (reused.status_code, reused.json()["code"]) == (422, "idempotency_key_reused")
    assert stranger.json() == {"call": 2}
    assert (odd.status_code, odd.json()["errors"][0]["pointer"]) == (400, "Idempotency-Key")


@own_urls
def test_what_failed_is_tried_again_and_old_responses_are_deleted(token: str) -> None:
    assert post(token, "a", {"fail": True}).status_code == 409
    assert post(token, "a", {"fail": False}).status_code == 201
    IdempotencyRecord.objects.update(created_at=now() - timedelta(hours=25))

    assert post(token, "b", {}).json() == {"call": 3}
    assert IdempotencyRecord.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_retry_meets_the_first_still_running() -> None:
    token = make_key(make_game())
    CountingView.calls = 0
    entered.clear()
    may_leave.clear()

    def first() -> int:
        try:
            return int(post(token, "a", {"wait": True}).status_code)
        finally:
            connection.close()

    with own_urls, ThreadPoolExecutor(1) as pool:
        running = pool.submit(first)
        assert entered.wait(5)
        meanwhile = post(token, "a", {"wait": True})
        may_leave.set()

        assert running.result() == 201
    assert (meanwhile.status_code, meanwhile.json()["code"]) == (409, "idempotency_key_in_use")
    assert meanwhile["Retry-After"] == "1"
    assert CountingView.calls == 1


@own_urls
def test_an_endpoint_that_will_go_says_so() -> None:
    response = Client().get("/api/v1/counting")

    assert response["Deprecation"] == "@1767225600"
    assert response["Sunset"] == "Fri, 01 Jan 2027 00:00:00 GMT"
    assert response["Link"] == '</docs/>; rel="deprecation"; type="text/html"'


@own_urls
@override_settings(MIDDLEWARE=["apps.core.api.wire.compression.ApiCompressionMiddleware"])
def test_long_responses_are_compressed_and_secrets_are_not() -> None:
    headers = {"Accept-Encoding": "gzip"}
    long = Client().get("/api/v1/counting", headers=headers)
    secret = Client().get("/api/v1/counting?secret=1", headers=headers)

    assert (long["Content-Encoding"], long["Vary"]) == ("gzip", "accept-encoding")
    assert b"long long" in gzip.decompress(long.content)
    assert len(long.content) < 1000 < len(secret.content)
    assert "Content-Encoding" not in secret.headers


@pytest.mark.parametrize(
    ("method", "target", "status", "code"),
    [
        ("GET", "nothing", 404, "not_found"),
        ("GET", "players/", 404, "not_found"),
        ("GET", "players/not-a-uuid", 404, "not_found"),
        ("DELETE", "players", 405, "method_not_allowed"),
        ("POST", "achievements/unlock", 401, "not_authenticated"),
    ],
)
def test_whatever_goes_wrong_is_a_problem(
    anonymous: Api, db: None, method: str, target: str, status: int, code: str
) -> None:
    response = anonymous.request(method, target)

    assert (response.status_code, response.json()["code"]) == (status, code)
    assert response["Content-Type"] == "application/problem+json"
    assert response.json().keys() >= {"type", "title", "status", "detail", "instance", "retryable", "request_id"}


def test_a_wrong_method_gets_a_list_of_the_right_ones(anonymous: Api, db: None) -> None:
    assert anonymous.delete("players")["Allow"] == "GET, HEAD, OPTIONS"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{", 400, "malformed_json"),
        (b"\xff\xfe", 400, "malformed_json"),
        (b"[" * 2000, 400, "malformed_json"),
        (b"[]", 400, "invalid"),
        (b"null", 400, "invalid"),
        (b'{"handle": "a\\u0000b"}', 400, "invalid"),
        (b'{"handle": 1e400}', 400, "invalid"),
    ],
)
def test_odd_bodies_are_refused(api: Api, body: bytes, status: int, code: str) -> None:
    response = api.request("PUT", "players/by-external-id/1", body)

    assert (response.status_code, response.json()["code"]) == (status, code)
    assert not Player.objects.exists()


@pytest.mark.parametrize(
    "path",
    ["achievements/unlock", "achievements/progress", "achievements/unlock/batch", "manage/games/{game}/achievements"],
)
def test_a_refused_body_says_at_the_top_what_its_first_error_says(game: Game, path: str) -> None:
    key = Api(make_key(game, scopes=[Scope.UNLOCKS_WRITE, Scope.DEFINITIONS_WRITE]))

    problem = key.post(path.format(game=game.id), {"nonsense": 1}).json()

    assert problem["code"] == "invalid"
    assert problem["detail"] == problem["errors"][0]["detail"] != ""


def test_a_body_must_be_declared_as_json(api: Api) -> None:
    response = api.put("players/by-external-id/1", {}, content_type="text/plain")

    assert (response.status_code, response.json()["code"]) == (415, "unsupported_media_type")


def test_head_is_get_without_the_body(anonymous: Api, alice: Player) -> None:
    response = Client().head(f"/api/v1/players/{alice.id}")

    assert (response.status_code, response.content) == (200, b"")


def test_calls_at_once_never_pass_the_limit_within_a_process() -> None:
    meter, policy, start = Meter(), Policy("test", 50), Barrier(4)

    def hit(_: int) -> int:
        start.wait()
        return sum(meter.hit("someone", policy).is_admitted for _ in range(50))

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(hit, range(4))) == 50
