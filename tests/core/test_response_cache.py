"""What one request has had finished, the loop sends to the next, while it is current and theirs."""

import asyncio
import gc
import gzip
import os
import signal
import threading
import tracemalloc
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from brotli import decompress as unbrotli
from django_http_compression.middleware import codings

from achievements_site.asgi import http, responses
from apps.core.asgi import known_versions, response_cache
from apps.core.asgi.known_versions import KnownVersions
from apps.core.asgi.responses import Headers
from apps.core.asgi.stored_responses import StoredResponse, StoredResponses
from apps.core.background import wakeup
from apps.core.background.relay import renew_cache_epoch
from apps.core.http.shareable import EVERYONE, Shareable
from apps.core.redis import cache_versions as redis_versions
from apps.core.redis import client as redis
from apps.core.redis.breakers import breaker
from apps.core.redis.cache_versions import change_versions
from apps.core.redis.client import RedisUnavailableError
from apps.core.redis.versioned_cache import Validity
from apps.games import cache_versions
from apps.games.actions import publish_game, unpublish_game
from apps.games.auth import keys
from apps.games.cache_versions import touch_games_now
from apps.games.models import Achievement, ApiKey, Game
from apps.leaderboards.boards import page_versions
from apps.players.models import Player
from tests.asgi import Reply, send_request
from tests.conftest import Api
from tests.factories import make_achievement, make_game, make_key

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("lasting_counts")]

Relay = Callable[[], int]


@pytest.fixture(autouse=True)
def empty_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    responses.clear()
    # The machine may be busy with two suites at once.
    monkeypatch.setattr(known_versions, "WAIT_SECONDS_MAX", 5.0)


@pytest.fixture
def visits(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths of requests that reach Django."""
    seen: list[str] = []
    serve = http._application

    def noted(environ: dict[str, Any], start_response: Any) -> Any:
        seen.append(environ["PATH_INFO"])
        return serve(environ, start_response)

    monkeypatch.setattr(http, "_application", noted)
    return seen


@pytest.fixture
def board(game: Game, achievement: Achievement, alice: Player, boards: None, relay: Relay) -> str:
    """The path of a board that alice is on."""
    Api(make_key(game)).unlock(alice, achievement)
    relay()
    return f"/api/v1/leaderboards/{game.id}"


@pytest.fixture
def frozen_redis() -> Iterator[Callable[[], None]]:
    pid = int(redis.client().info("server")["process_id"])
    yield lambda: os.kill(pid, signal.SIGSTOP)
    os.kill(pid, signal.SIGCONT)
    breaker.reset()


def get(path: str, **options: Any) -> Reply:
    return asyncio.run(send_request("GET", path, **options))


def get_many(path: str, count: int, **options: Any) -> list[Reply]:
    async def run() -> list[Reply]:
        return await asyncio.gather(*(send_request("GET", path, **options) for _ in range(count)))

    return asyncio.run(run())


def common(reply: Reply) -> dict[str, str]:
    """Return the headers that are not each request's own."""
    own = {"x-request-id", "ratelimit", "x-noise"}
    return {name: value for name, value in reply.headers.items() if name not in own}


def test_the_second_reader_gets_what_the_first_got_without_django(board: str, visits: list[str]) -> None:
    first, second = (get(board, headers={"x-request-id": f"request-{number}"}) for number in (1, 2))

    assert (first.status, first.body, common(first)) == (second.status, second.body, common(second))
    assert [reply.headers["x-request-id"] for reply in (first, second)] == ["request-1", "request-2"]
    assert [reply.headers["ratelimit"].split(";")[1] for reply in (first, second)] == ["r=1199", "r=1198"]
    assert visits == [board]


@pytest.mark.parametrize("coding", [*codings])
def test_each_coding_is_compressed_once(board: str, visits: list[str], coding: str, achievement: Achievement) -> None:
    path = f"/api/v1/games/{achievement.game_id}/achievements"
    for number in range(20):
        make_achievement(achievement.game, name=f"Achievement {number}")
    plain = get(path)
    visits.clear()

    first, second = (get(path, headers={"accept-encoding": coding}) for _ in range(2))

    assert (first.body, common(first)) == (second.body, common(second))
    assert first.headers.get("content-encoding", "identity") == coding
    unpack = {"gzip": gzip.decompress, "br": unbrotli}.get(coding, lambda body: plain.body)
    assert unpack(second.body) == plain.body
    assert visits == ([] if coding == "identity" else [path])


@pytest.mark.parametrize("etag_of", [lambda etag: etag, lambda etag: f'"other", W/{etag}', lambda etag: "*"])
def test_who_has_it_gets_304_from_the_first_request_on(
    board: str, visits: list[str], etag_of: Callable[[str], str]
) -> None:
    etag = get(board).headers["etag"]
    ordinary = get(board, headers={"if-none-match": etag, "cookie": "a=b"})
    responses.clear()
    visits.clear()

    replies = [get(board, headers={"if-none-match": etag_of(etag)}) for _ in range(2)]
    whole = get(board, headers={"if-none-match": '"other"'})

    assert [(reply.status, reply.body) for reply in replies] == [(304, b"")] * 2
    assert [common(reply) for reply in replies] == [common(ordinary)] * 2
    assert (whole.status, whole.headers["etag"], visits) == (200, etag, [board])


def test_64_readers_of_a_page_that_has_just_changed_cause_one_build(board: str, game: Game, visits: list[str]) -> None:
    get(board)
    change_versions(redis.client(), [f"page-version:{game.id.hex}:all:19700101:-"])
    visits.clear()

    replies = get_many(board, 64)

    assert {reply.status for reply in replies} == {200}
    assert visits == [board]


def test_what_others_may_not_have_is_waited_for_once(
    board: str, visits: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[object] = []
    wait = response_cache._is_stored

    async def noted(build: response_cache.Build) -> bool:
        waits.append(build)
        return await wait(build)

    monkeypatch.setattr(response_cache, "_is_stored", noted)
    path = board.replace("leaderboards", "games") + "/achievements/ACH_NONE"

    statuses = [{reply.status for reply in get_many(path, 3)} for _ in range(2)]

    assert statuses == [{404}, {404}]
    assert (len(waits), len(visits)) == (2, 6)


def test_a_changed_page_is_seen_at_once(board: str, game: Game, bob: Player, relay: Relay, visits: list[str]) -> None:
    before = get(board).json()
    Api(make_key(game)).unlock(bob, make_achievement(game, points=20))
    relay()

    after = [get(board).json() for _ in range(2)]

    assert [row["player"]["handle"] for row in before["results"]] == ["alice"]
    assert [[row["player"]["handle"] for row in page["results"]] for page in after] == [["bob", "alice"]] * 2
    assert visits == [board] * 2


def test_a_hidden_game_is_hidden_before_the_relay_has_seen_it(board: str, game: Game) -> None:
    paths = [board, f"/api/v1/games/{game.id}/achievements", f"/api/v1/games/{game.id}", f"/api/v1/games/{game.slug}"]
    shown = [[get(path).status for path in paths] for _ in range(2)]
    unpublish_game(game=game)
    wait_for_writes()

    hidden = [get(path).status for path in paths]
    publish_game(game=game)
    wait_for_writes()

    assert shown == [[200] * 4] * 2
    assert hidden == [404] * 4
    assert [get(path).status for path in paths] == [200] * 4


def test_a_window_that_closes_takes_its_page_along(board: str, visits: list[str]) -> None:
    with time_machine.travel(datetime(2030, 5, 5, 23, 59, 59, tzinfo=UTC), tick=False) as clock:
        before = [get(board, query="window=day").json()["board"]["opened_on"] for _ in range(2)]
        clock.shift(2)
        after = get(board, query="window=day").json()["board"]["opened_on"]

    assert (before, after) == (["2030-05-05"] * 2, "2030-05-06")
    assert visits == [board] * 2


def test_a_flushed_redis_is_not_taken_for_one_in_which_nothing_has_changed(game: Game, visits: list[str]) -> None:
    path = f"/api/v1/games/{game.slug}"
    get(path)
    touch_games_now()
    redis.client().flushall()

    again = [get(path) for _ in range(2)]

    assert [reply.status for reply in again] == [200, 200]
    assert visits == [path] * 2


def test_without_redis_django_answers(board: str, visits: list[str], frozen_redis: Callable[[], None]) -> None:
    get(board)
    frozen_redis()

    replies = [get(board) for _ in range(2)]

    assert [(reply.status, reply.json()["degraded"]) for reply in replies] == [(200, True)] * 2
    assert visits == [board] * 3


def test_what_the_relay_could_not_say_is_said_once_redis_is_back(
    board: str, game: Game, relay: Relay, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = (board, f"/api/v1/games/{game.id}")
    shown = [get(path).status for path in paths]
    with monkeypatch.context() as without_redis:
        without_redis.setattr(cache_versions, "change_soon", lambda keys: None)
        for module in (redis_versions, page_versions):
            without_redis.setattr(module, "run_with_breaker", _fail)
        unpublish_game(game=game)
        relay()
    still = [get(path).status for path in paths]

    renew_cache_epoch()

    assert shown == still == [200, 200]
    assert [get(path).status for path in paths] == [404, 404]


@pytest.mark.parametrize(
    "headers",
    [
        {"cookie": "sessionid=x"},
        {"origin": "https://play.example"},
        {"range": "bytes=0-5"},
        {"host": "evil.example"},
        {"authorization": "Bearer lk_live_nobody_knows_this_one"},
        {"authorization": "Basic x"},
    ],
    ids=lambda headers: str(*headers),
)
def test_what_is_unusual_goes_to_django(board: str, visits: list[str], headers: dict[str, str]) -> None:
    get(board)

    reply = get(board, headers=headers)

    expected = 400 if "host" in headers else 401 if "authorization" in headers else 200
    assert (reply.status, visits) == (expected, [board] * 2)


@pytest.mark.usefixtures("lasting_callers")
def test_keys_and_strangers_share_one_response(board: str, game: Game, visits: list[str], settings: Any) -> None:
    tokens = [make_key(game), make_key(make_game())]
    for token in tokens:
        keys.cache.find(token)
    path = f"/api/v1/games/{game.id}/achievements"

    replies = [get(path, token=token) for token in (tokens[0], "", tokens[1])]

    assert len({reply.body for reply in replies}) == 1
    assert [reply.headers["ratelimit-policy"] for reply in replies] == [
        '"key-read";q=600000;w=60',
        '"anonymous-read";q=1200;w=60',
        '"key-read";q=600000;w=60',
    ]
    assert visits == [path]


@pytest.mark.usefixtures("lasting_callers")
def test_a_key_without_the_scope_and_a_test_key_are_left_to_django(board: str, game: Game, visits: list[str]) -> None:
    writer, tester = make_key(game, scopes=["unlocks:write"]), make_key(game, "test")
    for token in (writer, tester):
        keys.cache.find(token)
    get(board)

    statuses = [get(board, token=token).status for token in (writer, tester)]

    assert (statuses, visits) == ([403, 200], [board] * 3)


def test_a_revoked_key_is_refused_within_three_seconds(board: str, game: Game, monkeypatch: pytest.MonkeyPatch) -> None:
    token = make_key(game)
    admitted = [get(board, token=token).status for _ in range(3)]
    ApiKey.objects.update(revoked_at=datetime.now(UTC))
    moment = keys.time.monotonic()
    monkeypatch.setattr(keys.time, "monotonic", lambda: moment + 3)

    refused = get(board, token=token)

    assert admitted == [200] * 3
    assert (refused.status, refused.json()["code"]) == (401, "key_revoked")


def test_who_has_used_up_a_limit_gets_the_same_429(board: str, settings: Any, visits: list[str]) -> None:
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "anonymous": 3}

    replies = [get(board, address="192.0.2.7") for _ in range(4)]
    other = get(board, address="192.0.2.8")

    assert [reply.status for reply in replies] == [200, 200, 200, 429]
    assert [reply.headers["ratelimit"].split(";")[1] for reply in replies] == ["r=2", "r=1", "r=0", "r=0"]
    assert (replies[3].json()["code"], other.status, visits) == ("rate_limited", 200, [board] * 2)


def test_a_caller_who_comes_now_and_then_takes_no_thread_for_being_counted(board: str, visits: list[str]) -> None:
    get(board)

    replies = [get(board, address=f"192.0.2.{number}") for number in range(20)]

    assert {reply.headers["ratelimit"].split(";")[1] for reply in replies} == {"r=1199"}
    assert visits == [board]


def test_a_popular_response_is_renewed_by_one_while_the_others_get_the_old(
    board: str, visits: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with time_machine.travel(1_900_000_000, tick=False) as clock:
        get_many(board, 8)
        clock.shift(27)
        visits.clear()
        renewals = responses.stored.renewals

        replies = get_many(board, 8)
        clock.shift(4)
        later = get_many(board, 8)

    assert {reply.status for reply in [*replies, *later]} == {200}
    assert (visits, responses.stored.renewals - renewals) == ([board], 1)


def test_nothing_is_stored_that_is_personal() -> None:
    public: Headers = [(b"cache-control", b"public, max-age=0"), (b"etag", b'"1"')]
    left = [Shareable(EVERYONE, Validity((), (), 2e9), "read", is_for_anonymous=True, rate="read")]

    def is_storable(headers: Headers, status: int = 200, left: list[Shareable] = left) -> bool:
        return response_cache._storable((status, headers, b"x"), left) is not None

    assert is_storable(public)
    assert not is_storable(public, left=[])
    assert not is_storable(public, 404)
    assert not is_storable([*public, (b"set-cookie", b"a=b")])
    assert not is_storable([*public, (b"content-security-policy", b"script-src 'nonce-x'")])
    assert not is_storable([(b"cache-control", b"no-store")])
    assert not is_storable([(b"cache-control", b"private, no-cache")])
    assert not is_storable([])


def test_many_distinct_addresses_leave_memory_within_its_bound() -> None:
    bytes_max = 8 * 1024 * 1024
    stored = StoredResponses(bytes_max)
    headers: Headers = [(b"etag", b'"1"'), (b"content-type", b"application/json"), (b"cache-control", b"public")]
    gc.collect()
    tracemalloc.start()

    for number in range(40_000):
        # As requests make them: nothing is shared between two.
        path, name = b"/api/v1/games/%036d" % number, f"fresh:game:{number:032d}"
        validity = Validity((name,), (b"%d" % number,), 2e9 + number)
        own = [(name + b"", value + b"") for name, value in headers]
        left = Shareable(EVERYONE, validity, "read", is_for_anonymous=True, rate="read")
        response = StoredResponse(left, own, b"x" * (number % 3_000), b'"%d"' % number)
        stored.put((response_cache.URL(path, b"", b"localhost", False, "gzip", ()), EVERYONE), len(path), response)
    used, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert stored.bytes <= bytes_max
    assert used < bytes_max
    assert stored.evictions > 30_000


def test_versions_of_the_moment_are_read_together_and_then_trusted_for_a_moment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("TRUSTED_SECONDS", "RENEWED_SECONDS"):
        monkeypatch.setattr(known_versions, name, 10.0)
    reads: list[set[str]] = []
    read = known_versions.values_of
    monkeypatch.setattr(known_versions, "values_of", lambda client, keys: reads.append(set(keys)) or read(client, keys))
    change_versions(redis.client(), ["one"])
    validities = [Validity((key,), redis.client().mget([key]) and (redis.client().get(key),), 2e9) for key in "ab"]

    async def hold() -> list[bool | None]:
        versions = KnownVersions()
        many = [versions.hold(validity) for validity in validities * 50]
        return [*await asyncio.gather(*many), *await asyncio.gather(*map(versions.hold, validities))]

    assert asyncio.run(hold()) == [True] * 102
    assert sum(map(len, reads)) == 2
    assert len(reads) <= 2


def test_newer_versions_of_a_view_are_not_taken_for_older_ones() -> None:
    async def hold() -> list[bool | None]:
        versions = KnownVersions()
        old, new = (Validity(("key",), (value,), 2e9) for value in (None, b"2"))
        held = [await versions.hold(old)]
        versions.note(new, known_versions.monotonic())
        return [*held, await versions.hold(new), await versions.hold(old)]

    assert asyncio.run(hold()) == [True, True, False]


def test_a_version_that_is_dropped_at_once_is_not_taken_for_one_that_does_not_exist(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(known_versions, "KNOWN_MAX", 1)
    change_versions(redis.client(), ["changed"])

    async def hold() -> bool | None:
        return await KnownVersions().hold(Validity(("changed", "other"), (None, None), 2e9))

    assert asyncio.run(hold()) is None


def _fail(operation: object) -> None:
    raise RedisUnavailableError


def wait_for_writes() -> None:
    """Wait until what requests leave to a thread beside them is in Redis."""
    writer: Any = wakeup.wake_relay.__self__  # type: ignore[attr-defined]
    # Writes go in pipelines, one after another: when the second is made, the first has been sent.
    for _ in range(2):
        done = threading.Event()
        writer.wake_relay(lambda pipeline, done=done: done.set())
        assert done.wait(5)
