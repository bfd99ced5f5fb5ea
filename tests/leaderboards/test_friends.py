"""The board of oneself and whom one follows."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.core.clock import now
from apps.core.redis import client as redis
from apps.games.models import Game
from apps.leaderboards import friends_board
from apps.players.models import Block, Follow, Player
from tests.conftest import Api
from tests.factories import make_achievement, make_game, make_known, make_player

pytestmark = pytest.mark.django_db(transaction=True)
LogIn = Callable[[Player], Api]


@pytest.fixture
def circle(api: Api, game: Game, alice: Player, bob: Player, charlie: Player, boards: None, relay: Any) -> None:
    """Alice follows Bob and a friend without points; Charlie leads and is followed by nobody."""
    prize = make_achievement(game, points=30)
    moment = now()
    api.unlock(charlie, make_achievement(game, points=90))
    api.unlock(alice, prize, unlocked_at=(moment - timedelta(minutes=1)).isoformat())
    api.unlock(bob, prize, unlocked_at=(moment - timedelta(minutes=2)).isoformat())
    Follow.objects.create(follower=alice, followed=bob)
    Follow.objects.create(follower=alice, followed=make_player(handle="pointless"))
    relay()


def lines(response: Any) -> list[tuple[Any, ...]]:
    assert response.status_code == 200, response.content
    rows = response.json()["results"]
    return [(row["rank"], row["player"]["handle"], row["points"], row["unlock_count"]) for row in rows]


def test_friends_are_ranked_among_themselves(
    circle: None, as_player: LogIn, token_api: Any, alice: Player, game: Game
) -> None:
    expected = [(1, "bob", 30, 1), (2, "alice", 30, 1)]
    for caller in (as_player(alice), token_api(alice, game)):
        for scope in (game.id, "global"):
            assert lines(caller.get(f"leaderboards/{scope}/friends")) == expected
    response = as_player(alice).get(f"leaderboards/{game.id}/friends?page_size=1&page=2&window=day")
    assert lines(response) == expected[1:]
    assert response.headers["Cache-Control"] == "no-store"
    assert {name: response.json()[name] for name in ("total_players", "pages", "degraded")} == {
        "total_players": 2,
        "pages": 2,
        "degraded": False,
    }

    redis.client().flushall()

    degraded = as_player(alice).get(f"leaderboards/{game.id}/friends")
    assert (lines(degraded), degraded.json()["degraded"]) == (expected, True)


def test_a_viewer_without_points_comes_last(
    circle: None, as_player: LogIn, alice: Player, bob: Player, game: Game
) -> None:
    dora = make_player(handle="dora")
    for followed in (alice, bob):
        Follow.objects.create(follower=dora, followed=followed)
    path = f"leaderboards/{game.id}/friends"

    response = as_player(dora).get(path)

    assert lines(response) == [(1, "bob", 30, 1), (2, "alice", 30, 1), (None, "dora", 0, 0)]
    assert (response.json()["total_players"], response.json()["results"][2]["reached_at"]) == (3, None)
    assert lines(as_player(dora).get(f"{path}?page_size=2")) == [(1, "bob", 30, 1), (2, "alice", 30, 1)]
    assert lines(as_player(dora).get(f"{path}?page_size=2&page=2")) == [(None, "dora", 0, 0)]
    assert lines(as_player(dora).get(f"{path}?page_size=2&page=3")) == []


def test_keys_name_players_their_game_knows_and_others_act_for_themselves(
    circle: None, api: Api, test_api: Api, anonymous: Api, as_player: LogIn, alice: Player, bob: Player, game: Game
) -> None:
    path = f"leaderboards/{game.id}/friends"
    stranger = api.get(f"{path}?player_id={alice.id}")
    make_known(alice, game)

    assert (stranger.status_code, stranger.json()["code"]) == (404, "player_not_found")
    assert lines(api.get(f"{path}?player_id={alice.id}")) == [(1, "bob", 30, 1), (2, "alice", 30, 1)]
    assert api.get(path).json()["errors"][0]["pointer"] == "player_id"
    assert api.get(f"{path}?player_id=me").json()["errors"][0]["pointer"] == "player_id"
    assert test_api.get(f"{path}?player_id={alice.id}").json()["code"] == "live_key_needed"
    assert anonymous.get(path).json()["code"] == "not_authenticated"
    assert as_player(bob).get(f"{path}?player_id={alice.id}").json()["code"] == "player_not_found"
    assert lines(as_player(alice).get(f"{path}?player_id={alice.id}"))[0] == (1, "bob", 30, 1)
    for scope in (uuid4(), make_game(is_published=False).id):
        assert as_player(alice).get(f"leaderboards/{scope}/friends").json()["code"] == "game_not_found"

    Player.objects.filter(pk=alice.id).update(visibility="private")
    assert api.get(f"{path}?player_id={alice.id}").status_code == 200


def test_who_blocks_the_viewer_is_not_on_it(
    circle: None, as_player: LogIn, alice: Player, bob: Player, game: Game
) -> None:
    Block.objects.create(blocker=bob, blocked=alice)

    assert lines(as_player(alice).get(f"leaderboards/{game.id}/friends")) == [(1, "alice", 30, 1)]


def test_it_costs_the_same_at_one_and_at_fifty_friends(
    circle: None, api: Api, as_player: LogIn, alice: Player, game: Game, relay: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr(friends_board, "CHUNK", 7)
    caller, prize = as_player(alice), make_achievement(game, points=5)

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            caller.get(f"leaderboards/{game.id}/friends")
        return len(queries)

    cost()
    at_one = cost()
    for _ in range(49):
        friend = make_player()
        api.unlock(friend, prize)
        Follow.objects.create(follower=alice, followed=friend)
    relay()

    assert (cost(), caller.get(f"leaderboards/{game.id}/friends").json()["total_players"]) == (at_one, 51)
