"""Boards while PostgreSQL does not answer: copies of pages read lately go on, at once, for who was known."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection, transaction

from apps.core.asgi import bridge
from apps.core.background.outbox import record
from apps.core.clock import now
from apps.core.database.availability import failure_detector
from apps.core.redis import client as redis
from apps.core.redis.breakers import breaker
from apps.games.auth import keys
from apps.games.events import GameChanged
from apps.games.models import Achievement, ApiKey, Game
from apps.leaderboards import queries
from apps.leaderboards.boards import page_versions
from apps.leaderboards.boards.board import Board
from apps.leaderboards.models import Window
from apps.leaderboards.pages import board_pages, stale_if_error
from apps.players.actions import edit_player
from apps.players.models import Player
from apps.players.tokens import PlayerToken, issue_token
from tests.asgi import Reply, send_request
from tests.conftest import Api, Followers
from tests.factories import make_key, make_known
from tests.live import wait_until
from tests.proxy import Proxy

pytestmark = pytest.mark.django_db(transaction=True)

# As a cached read may take: what it takes in this process is a moment of waiting and two milliseconds.
SECONDS_MAX = 0.25


def read(game: Game, token: str = "", query: str = "page_size=10") -> Reply:
    return asyncio.run(send_request("GET", f"/api/v1/leaderboards/{game.id}", query=query, token=token))


@pytest.fixture
def key(game: Game, alice: Player, achievement: Achievement, boards: None, relay: Callable[[], int]) -> str:
    """A key whose player is on the board."""
    key = make_key(game)
    Api(key).unlock(alice, achievement)
    relay()
    return key


def outdate(game: Game, key: str, bob: Player, achievement: Achievement, relay: Callable[[], int]) -> None:
    """Have bob enter the board, so that cached pages are out of date."""
    Api(key).unlock(bob, achievement)
    relay()


def outdate_by_hand(game: Game) -> None:
    """Have the game's cached page be out of date, as after a change that the relay carried out."""
    page_versions.drop_pages(redis.client(), [Board(game.id, Window.ALL)])


def age_keys(*, seconds: float) -> None:
    """Have what is known of keys been learnt so long ago."""
    valid_until = time.monotonic() - seconds + keys.CACHE_SECONDS
    keys.cache._entries.update({name: (valid_until, known) for name, (_, known) in keys.cache._entries.items()})


def test_an_outdated_page_is_better_than_none_while_the_database_is_frozen(
    key: str, game: Game, bob: Player, achievement: Achievement, relay: Callable[[], int], proxy: Proxy
) -> None:
    before = read(game, key)
    outdate(game, key, bob, achievement, relay)
    age_keys(seconds=keys.CACHE_SECONDS)
    proxy.freeze()

    unknowing = read(game)
    with_key = [read(game, key) for _ in range(3)]
    wait_until(lambda: failure_detector.is_down, "the breaker to open", seconds=10)
    known = [read(game), read(game, key)]
    proxy.thaw()
    wait_until(lambda: not read(game, key).json()["degraded"], "pages to be made anew", seconds=20)
    after = read(game, key)

    replies = [unknowing, *with_key, *known]
    assert {reply.status for reply in replies} == {200}
    assert max(reply.seconds for reply in replies) < SECONDS_MAX
    assert all(reply.json() == {**before.json(), "degraded": True} for reply in replies)
    assert after.json()["total_players"] == 2
    assert after.json()["degraded"] is False


def test_an_unchanged_page_is_served_as_ever_while_the_database_is_down(key: str, game: Game, proxy: Proxy) -> None:
    first = read(game, key)
    again = read(game, key)
    proxy.go_down()
    failure_detector.suspect()
    wait_until(lambda: failure_detector.is_down, "the breaker to open", seconds=10)

    during_outage = read(game, key)

    assert (during_outage.status, during_outage.body, during_outage.headers["etag"]) == (
        200,
        again.body,
        again.headers["etag"],
    )
    assert first.json() == during_outage.json()
    assert during_outage.seconds < SECONDS_MAX


def test_a_token_lives_as_long_as_its_key_is_remembered(key: str, game: Game, alice: Player, proxy: Proxy) -> None:
    make_known(alice, game)
    token, _ = issue_token(PlayerToken(alice.id, game.id, False, ApiKey.objects.get().id))
    read(game, token)
    proxy.go_down()
    failure_detector.suspect()
    wait_until(lambda: failure_detector.is_down, "the breaker to open", seconds=10)

    assert read(game, token).status == 200


def test_who_was_not_known_gets_a_retry_after(key: str, game: Game, proxy: Proxy) -> None:
    stranger = make_key(game)
    read(game, key)
    proxy.go_down()
    failure_detector.suspect()
    wait_until(lambda: failure_detector.is_down, "the breaker to open", seconds=10)

    unknown, unread = read(game, stranger), read(game, key, "page_size=11")

    assert [(reply.status, reply.headers["retry-after"]) for reply in (unknown, unread)] == [(503, "2")] * 2


def test_keys_and_pages_are_remembered_for_ten_minutes(
    key: str, game: Game, bob: Player, achievement: Achievement, relay: Callable[[], int], proxy: Proxy,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    read(game, key)
    outdate(game, key, bob, achievement, relay)
    proxy.go_down()
    failure_detector.suspect()
    wait_until(lambda: failure_detector.is_down, "the breaker to open", seconds=10)

    began_at = time.monotonic()
    statuses = []
    for minutes in (9, 11):
        moment = began_at + minutes * 60
        monkeypatch.setattr(stale_if_error, "monotonic", lambda moment=moment: moment)
        statuses.append(read(game).status)
    monkeypatch.undo()
    with_key = []
    for minutes in (9, 11):
        age_keys(seconds=minutes * 60)
        with_key.append(read(game, key).status)

    assert (statuses, with_key) == ([200, 503], [200, 503])


def test_a_key_revoked_before_is_refused_though_postgres_is_down(key: str, game: Game, proxy: Proxy) -> None:
    read(game, key)
    ApiKey.objects.update(revoked_at=now())
    keys.cache.clear()
    assert read(game, key).json()["code"] == "key_revoked"
    proxy.go_down()
    failure_detector.suspect()
    wait_until(lambda: failure_detector.is_down, "the breaker to open", seconds=10)

    assert read(game, key).json()["code"] == "key_revoked"


@pytest.fixture
def locked_players() -> Iterator[threading.Event]:
    """Somebody locks all players, until released."""
    is_locked, is_over = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("LOCK TABLE player")
            is_locked.set()
            is_over.wait(10)
        connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    assert is_locked.wait(5)
    yield is_over
    is_over.set()
    thread.join()


def hide(game: Game, relay: Callable[[], int]) -> None:
    Game.objects.filter(pk=game.id).update(is_published=False)
    with transaction.atomic():
        record([GameChanged(game.id)])
    relay()


def test_a_game_hidden_just_after_the_database_is_back_shows_no_page(
    key: str, game: Game, bob: Player, achievement: Achievement, relay: Callable[[], int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    read(game)
    outdate(game, key, bob, achievement, relay)
    monkeypatch.setattr(failure_detector, "_unreliable_until", time.monotonic() + 10)
    before_the_relay = Game.objects.filter(pk=game.id).update(is_published=False)
    hidden = read(game)
    Game.objects.filter(pk=game.id).update(is_published=True)
    again = read(game)

    assert before_the_relay == 1
    assert (hidden.status, hidden.json()["code"]) == (404, "game_not_found")
    assert (again.status, again.json()["total_players"]) == (200, 2)


def test_no_copy_of_a_hidden_game_is_served_while_the_database_is_down(
    key: str, game: Game, relay: Callable[[], int], proxy: Proxy
) -> None:
    read(game)
    read(game, query="page_size=11")
    hide(game, relay)
    hidden = read(game)
    proxy.go_down()
    failure_detector.suspect()
    wait_until(lambda: failure_detector.is_down, "the breaker to open", seconds=10)

    assert hidden.status == 404
    assert [read(game, query=f"page_size={size}").status for size in (10, 11)] == [503, 503]


def test_no_copy_shows_whoever_went_private_before_the_database_went_down(
    key: str, game: Game, alice: Player, relay: Callable[[], int], proxy: Proxy
) -> None:
    assert read(game).json()["results"][0]["player"]["handle"] == "alice"
    read(game, query="page_size=11")
    edit_player(player_id=alice.id, visibility="private")
    relay()
    proxy.go_down()
    failure_detector.suspect()
    wait_until(lambda: failure_detector.is_down, "the breaker to open", seconds=10)

    assert [read(game, query=f"page_size={size}").status for size in (10, 11)] == [503, 503]


def test_a_copy_made_since_a_player_went_private_is_served(
    key: str, game: Game, alice: Player, relay: Callable[[], int], proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit_player(player_id=alice.id, visibility="private")
    relay()
    with monkeypatch.context() as patch:
        patch.setattr(stale_if_error, "time", lambda: time.time() + 10)
        nameless = read(game).json()
    outdate_by_hand(game)
    proxy.go_down()
    failure_detector.suspect()
    wait_until(lambda: failure_detector.is_down, "the breaker to open", seconds=10)

    during_outage = read(game)

    assert (during_outage.status, during_outage.json()) == (200, {**nameless, "degraded": True})
    assert nameless["results"][0]["player"] is None


def test_no_copy_of_a_game_that_redis_can_not_vouch_for_is_served(key: str, game: Game, proxy: Proxy) -> None:
    read(game)
    proxy.go_down()
    failure_detector.suspect()
    wait_until(lambda: failure_detector.is_down, "the breaker to open", seconds=10)
    redis.client().flushall()
    with_redis = read(game)
    breaker.trip()

    assert (with_redis.status, with_redis.json()["degraded"]) == (200, True)
    assert read(game).status == 503


def test_readers_of_a_page_at_once_have_it_made_by_one(
    key: str, game: Game, monkeypatch: pytest.MonkeyPatch, followers: Followers
) -> None:
    made: list[int] = []

    def page_for_account(*arguments: Any, **options: Any) -> Any:
        made.append(1)
        followers.arrived.wait(5)
        return queries.page_for_account(*arguments, **options)

    monkeypatch.setattr(board_pages, "page_for_account", page_for_account)
    followers.expected = 5

    async def read_at_once() -> list[Reply]:
        return await asyncio.gather(*(send_request("GET", f"/api/v1/leaderboards/{game.id}") for _ in range(6)))

    replies = asyncio.run(read_at_once())

    assert (made, len(replies)) == ([1], 6)
    assert {(reply.status, reply.body, reply.headers["etag"]) for reply in replies} == {
        (200, replies[0].body, replies[0].headers["etag"])
    }
    assert replies[0].json()["total_players"] == 1


def test_a_database_that_is_there_and_slow_is_waited_for_after_one_page_of_a_moment_ago(
    key: str, game: Game, bob: Player, achievement: Achievement, relay: Callable[[], int], request: Any
) -> None:
    before = read(game)
    outdate(game, key, bob, achievement, relay)
    is_over = request.getfixturevalue("locked_players")

    stale = read(game)
    failure_detector.wait()
    threading.Timer(0.5, is_over.set).start()
    fresh = read(game)

    assert stale.json() == {**before.json(), "degraded": True}
    assert stale.seconds < SECONDS_MAX
    assert (fresh.json()["total_players"], fresh.json()["degraded"]) == (2, False)
    assert not failure_detector.is_down


@pytest.fixture
def doomed_attempt(
    key: str, game: Game, bob: Player, achievement: Achievement, relay: Callable[[], int],
    monkeypatch: pytest.MonkeyPatch, request: Any,
) -> None:  # fmt: skip
    """The board's page is such that its quick attempt fails, however short it is, and the ordinary way succeeds."""
    read(game, key)
    outdate(game, key, bob, achievement, relay)
    monkeypatch.setattr(stale_if_error, "COPY_SECONDS", 0)
    monkeypatch.setattr(bridge, "SHORT_SECONDS", 0.05)
    is_over = request.getfixturevalue("locked_players")
    threading.Timer(0.5, is_over.set).start()


@pytest.mark.usefixtures("doomed_attempt")
def test_a_quick_attempt_that_is_discarded_is_no_error(game: Game, caplog: pytest.LogCaptureFixture) -> None:
    reply = read(game)

    assert (reply.status, reply.json()["total_players"], reply.json()["degraded"]) == (200, 2, False)
    of_a_failure = {"django.request", "apps.core.http.problems"}
    assert [record.getMessage() for record in caplog.records if record.name in of_a_failure] == []
    assert [record.getMessage() for record in caplog.records if record.levelname == "ERROR"] == []


@pytest.mark.usefixtures("doomed_attempt")
def test_a_call_whose_quick_attempt_is_discarded_counts_once(game: Game, settings: Any) -> None:
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "anonymous": 10}

    replies = [read(game), read(game)]

    assert [reply.status for reply in replies] == [200, 200]
    assert [reply.headers["ratelimit"].split(";")[1] for reply in replies] == ["r=9", "r=8"]


def test_a_request_that_fails_the_ordinary_way_too_is_one_warning(
    key: str, game: Game, proxy: Proxy, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    read(game, key)
    outdate_by_hand(game)
    monkeypatch.setattr(stale_if_error, "COPY_SECONDS", 0)
    proxy.go_down()

    reply = read(game)

    assert reply.status == 503
    of_the_request = [record.levelname for record in caplog.records if "Service Unavailable" in record.getMessage()]
    assert of_the_request == ["WARNING"]
    assert [record.getMessage() for record in caplog.records if record.levelname == "ERROR"] == []
