"""Sockets that only say that something has changed."""

import asyncio
import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from apps.core.ids import NIL
from apps.core.realtime import publishing, subscription
from apps.core.realtime.channel_layer import configured_layer
from apps.core.realtime.socket_closing import CloseCode
from apps.core.realtime.threads import in_thread
from apps.core.realtime.watch import watch
from apps.core.redis import client as redis
from apps.games.actions.games import unpublish_game
from apps.games.models import Achievement, Game
from apps.leaderboards.boards.channel_groups import board_group
from apps.notifications.consumers import hints
from apps.players.models import Player
from tests.factories import make_account, make_game, make_player, make_studio
from tests.notifications.conftest import Earn, Open, RefusedError, cookie_of

pytestmark = pytest.mark.django_db(transaction=True)

CHANGED = {"type": "board.changed"}


async def test_an_unlock_moves_the_board_of_its_game_and_the_platforms(
    open_socket: Open, earn: Earn, alice: Player, game: Game, achievement: Achievement
) -> None:
    of_game, of_all = await open_socket(f"/ws/boards/{game.id}/"), await open_socket("/ws/boards/global/")
    hellos = [await of_game.receive_json_from(), await of_all.receive_json_from()]

    await earn(alice, achievement)

    assert hellos == [{"type": "hello", "heartbeat_interval": 25}] * 2
    assert await of_game.receive_json_from() == CHANGED
    assert await of_all.receive_json_from() == CHANGED


async def test_the_boards_of_other_games_stay_quiet(
    open_socket: Open, earn: Earn, alice: Player, achievement: Achievement
) -> None:
    other = await in_thread(make_game)
    peer = await open_socket(f"/ws/boards/{other.id}/")
    await peer.receive_json_from()

    await earn(alice, achievement)

    assert await peer.is_quiet()


async def test_a_board_that_changes_all_the_time_is_announced_four_times_a_second(open_socket: Open) -> None:
    peer = await open_socket("/ws/boards/global/")
    await peer.receive_json_from()
    group = board_group(NIL)

    began_at = time.monotonic()
    for _ in range(20):
        await in_thread(publishing.publish, [(group, CHANGED)])
    first, second = await peer.receive_json_from(), await peer.receive_json_from()

    assert (first, second) == (CHANGED, CHANGED)
    assert time.monotonic() - began_at >= 0.25
    assert await peer.is_quiet()


async def test_watching_a_board_takes_no_words(open_socket: Open) -> None:
    peer = await open_socket("/ws/boards/global/")
    await peer.receive_json_from()

    await peer.send_json_to({"type": "heartbeat"})
    response = await peer.receive_json_from()
    await peer.send_json_to({"type": "subscribe"})

    assert response == {"type": "heartbeat_ack"}
    assert await peer.receive_json_from() == {
        "type": "error",
        "code": "bad_frame",
        "detail": "type: Send one of heartbeat.",
    }
    assert await peer.receive_close() == 4400


@pytest.mark.parametrize("path", ["/ws/boards/everything/", "/ws/elsewhere/", "/ws/", "/"])
async def test_a_path_without_a_socket_is_closed_with_a_code_that_says_so(open_socket: Open, path: str) -> None:
    peer = await open_socket(path)

    assert await peer.receive_output() == {
        "type": "websocket.close",
        "code": CloseCode.FORBIDDEN,
        "reason": "No socket is at this address.",
    }


async def test_whoever_watches_a_board_is_shut_out_when_its_game_is_hidden(
    open_socket: Open, game: Game, relay: Callable[[], int]
) -> None:
    peer, other = await open_socket(f"/ws/boards/{game.id}/"), await open_socket("/ws/boards/global/")
    await peer.receive_json_from()
    await other.receive_json_from()

    await in_thread(lambda: unpublish_game(game=game))
    await in_thread(relay)

    assert await peer.receive_close() == CloseCode.FORBIDDEN
    assert await other.is_quiet()


@pytest.mark.parametrize("is_there", [False, True], ids=["nowhere", "hidden"])
async def test_a_board_that_nobody_may_see_is_not_watched(open_socket: Open, is_there: bool) -> None:
    hidden = await in_thread(make_game, is_published=False)

    peer = await open_socket(f"/ws/boards/{hidden.id if is_there else uuid4()}/")

    assert await peer.receive_close() == CloseCode.FORBIDDEN == 4403


async def test_an_address_watches_so_many_boards_and_no_more(open_socket: Open, settings: Any) -> None:
    settings.ANONYMOUS_SOCKETS_PER_ADDRESS, settings.ANONYMOUS_SOCKETS_MAX, settings.TRUSTED_PROXIES = 2, 3, 1
    one, other, third = ({"x-forwarded-for": f"10.0.0.{number}"} for number in range(3))

    peers = [await open_socket("/ws/boards/global/", **headers) for headers in (one, one, one, other, third)]
    firsts = [await peers[0].receive_json_from(), await peers[1].receive_json_from(), await peers[2].receive_close()]
    lasts = [await peers[3].receive_json_from(), await peers[4].receive_close()]
    await peers[0].disconnect()
    again = await open_socket("/ws/boards/global/", **one)

    assert [firsts[2], lasts[1]] == [CloseCode.TRY_LATER] * 2 == [1013] * 2
    assert {frame["type"] for frame in (*firsts[:2], lasts[0], await again.receive_json_from())} == {"hello"}


@pytest.mark.parametrize(
    ("origin", "is_welcome"),
    [
        ("http://testserver", True),
        ("https://play.example", True),
        ("https://testserver", False),
        ("https://evil.example", False),
        ("null", False),
    ],
)
async def test_boards_are_watched_from_our_pages_and_allowed_ones(
    open_socket: Open, settings: Any, origin: str, is_welcome: bool
) -> None:
    settings.CORS_ALLOWED_ORIGINS = ["https://play.example"]

    if is_welcome:
        assert (await (await open_socket("/ws/boards/global/", origin=origin)).receive_json_from())["type"] == "hello"
    else:
        with pytest.raises(RefusedError):
            await open_socket("/ws/boards/global/", origin=origin)


async def test_a_page_that_has_gone_silent_is_let_go(open_socket: Open, achievement: Achievement) -> None:
    cookie, game = await in_thread(_member_of_studio_of, achievement)
    board = await open_socket("/ws/boards/global/")
    tail = await open_socket(f"/ws/portal/games/{game.id}/unlocks/", cookie=cookie)
    for peer in (board, tail):
        await peer.receive_json_from()

    await watch().round(time.monotonic() + 63)

    assert [await board.receive_close(), await tail.receive_close()] == [CloseCode.HEARTBEAT_MISSED] * 2


async def test_a_member_has_so_many_tails_and_no_more(
    open_socket: Open, achievement: Achievement, monkeypatch: Any
) -> None:
    monkeypatch.setattr(hints, "TAILS_PER_ACCOUNT_MAX", 1)
    cookie, game = await in_thread(_member_of_studio_of, achievement)
    path = f"/ws/portal/games/{game.id}/unlocks/"

    first = await open_socket(path, cookie=cookie)
    said = [(await first.receive_json_from())["type"], await (await open_socket(path, cookie=cookie)).receive_close()]
    await first.disconnect()
    third = await open_socket(path, cookie=cookie)

    assert [*said, (await third.receive_json_from())["type"]] == ["hello", 1013, "hello"]


@pytest.mark.parametrize("is_test", [False, True], ids=["live", "sandbox"])
async def test_a_studio_sees_that_unlocks_arrive(
    open_socket: Open, earn: Earn, alice: Player, achievement: Achievement, is_test: bool
) -> None:
    cookie, game = await in_thread(_member_of_studio_of, achievement)
    peer = await open_socket(f"/ws/portal/games/{game.id}/unlocks/", cookie=cookie, origin="http://testserver")
    await peer.receive_json_from()

    await earn(alice, achievement, is_test=is_test)

    assert await peer.receive_json_from() == {"type": "unlocks.arrived"}


async def test_nobody_else_does(open_socket: Open, game: Game) -> None:
    stranger = await in_thread(lambda: cookie_of(make_account()))
    rival = await in_thread(_owner_of_another_studio)

    codes = [
        await (await open_socket(f"/ws/portal/games/{game.id}/unlocks/", **headers)).receive_close()
        for headers in ({}, {"cookie": stranger}, {"cookie": rival})
    ]

    assert codes == [4401, 4403, 4403]


async def test_a_page_of_another_site_does_not(open_socket: Open, achievement: Achievement) -> None:
    cookie, game = await in_thread(_member_of_studio_of, achievement)

    with pytest.raises(RefusedError):
        await open_socket(f"/ws/portal/games/{game.id}/unlocks/", cookie=cookie, origin="https://evil.example")


async def test_after_a_silence_the_page_is_hinted_to_refresh(open_socket: Open) -> None:
    peer = await open_socket("/ws/boards/global/")
    await peer.receive_json_from()

    await in_thread(redis.client().execute_command, "CLIENT", "KILL", "TYPE", "pubsub")

    assert await peer.receive_json_from() == CHANGED


async def test_a_page_opened_without_redis_is_hinted_to_refresh_once_it_is_there(
    open_socket: Open, monkeypatch: Any
) -> None:
    is_refused = asyncio.Event()

    def refuse(_: object) -> None:
        is_refused.set()
        raise redis.RedisError("down")

    monkeypatch.setattr(subscription, "SUBSCRIBE_SECONDS_MAX", 0.01)
    with monkeypatch.context() as patch:
        patch.setattr(subscription.Subscription, "_ensure_redis", refuse)
        peer = await open_socket("/ws/boards/global/")
        await peer.receive_json_from()
        await is_refused.wait()

    assert await peer.receive_json_from() == CHANGED


async def test_one_subscription_serves_all_who_watch_and_ends_with_them(open_socket: Open) -> None:
    first, second = await open_socket("/ws/boards/global/"), await open_socket("/ws/boards/global/")
    channel = f"ws__group__{board_group(NIL)}"
    await first.receive_json_from()
    await second.receive_json_from()

    watched = await in_thread(redis.client().pubsub_numsub, channel)
    audience = configured_layer().group_size(board_group(NIL))
    await first.disconnect()
    await second.disconnect()
    await asyncio.wait_for(configured_layer().closed(), 5)

    assert (audience, watched) == (2, [(channel.encode(), 1)])
    assert configured_layer().group_size(board_group(NIL)) == 0


def _member_of_studio_of(achievement: Achievement) -> tuple[str, Game]:
    account = make_account()
    achievement.game.studio.memberships.create(account=account, role="viewer")
    return cookie_of(account), achievement.game


def _owner_of_another_studio() -> str:
    account = make_player(account=make_account()).account
    assert account is not None
    make_studio(owner=account)
    return cookie_of(account)
