"""The inbox over HTTP: numbered, paged, marked, and one's own."""

from collections.abc import Callable

import pytest

from apps.games.models import Game
from apps.players.models import Player
from tests.conftest import Api
from tests.factories import make_account, make_achievement, make_game, make_key

AsPlayer = Callable[[Player], Api]


@pytest.fixture
def told(api: Api, game: Game, alice: Player, relay: Callable[[], int]) -> Game:
    """Alice was told of three unlocks in the game, and of one in another."""
    for _ in range(3):
        api.unlock(alice, make_achievement(game))
    other = make_game()
    # Neither is completed.
    make_achievement(game)
    make_achievement(other)
    Api(make_key(other)).unlock(alice, make_achievement(other))
    relay()
    return game


def test_an_inbox_is_read_and_marked(as_player: AsPlayer, alice: Player, told: Game) -> None:
    me = as_player(alice)

    page = me.get("players/me/notifications?page_size=3").json()
    marked = me.post("players/me/notifications/read", {"up_to_seq": 3})
    back = me.post("players/me/notifications/read", {"up_to_seq": 1})
    unread = me.get("players/me/notifications?unread=true").json()

    assert [row["seq"] for row in page["results"]] == [4, 3, 2]
    assert (page["last_seq"], page["unread_count"], page["previous"]) == (4, 4, None)
    assert [row["seq"] for row in me.get(page["next"].partition("/api/v1/")[2]).json()["results"]] == [1]
    assert page["results"][0]["kind"] == "own_unlock"
    assert marked.json() == back.json() == {"read_seq": 3, "unread_count": 1}
    assert [(row["seq"], row["read"]) for row in unread["results"]] == [(4, False)]
    assert [row["seq"] for row in me.get("players/me/notifications?since=2").json()["results"]] == [4, 3]


def test_a_client_gets_its_own_games_alone(token_api: Callable[..., Api], alice: Player, told: Game) -> None:
    page = token_api(alice, told).get("players/me/notifications").json()

    assert {row["data"]["game"]["id"] for row in page["results"]} == {str(told.id)}
    assert len(page["results"]) == 3


def test_an_inbox_is_its_players(
    anonymous: Api, api: Api, as_player: AsPlayer, as_account: Callable[..., Api], bob: Player, told: Game
) -> None:
    assert as_player(bob).get("players/me/notifications").json()["results"] == []
    assert anonymous.get("players/me/notifications").json()["code"] == "not_authenticated"
    assert api.get("players/me/notifications").json()["code"] == "caller_not_allowed"
    assert as_account(make_account()).get("players/me/notifications").json()["code"] == "player_not_found"


@pytest.mark.parametrize("question", ["since=x", "since=-1", "unread=maybe", "page_size=0", "cursor=x"])
def test_odd_questions_are_refused(as_player: AsPlayer, alice: Player, question: str) -> None:
    assert as_player(alice).get(f"players/me/notifications?{question}").status_code == 400


def test_an_odd_mark_changes_nothing(as_player: AsPlayer, alice: Player, told: Game) -> None:
    me = as_player(alice)

    for mark in (-1, "3", 2**63, None):
        assert me.post("players/me/notifications/read", {"up_to_seq": mark}).status_code == 400

    assert me.get("players/me/notifications").json()["unread_count"] == 4
