"""The inbox over HTTP: numbered, paged, marked, and one's own."""

from collections.abc import Callable

import pytest

from apps.games.models import Game
from apps.players.models import Player
from tests.conftest import Api
from tests.factories import make_account, make_achievement, make_game, make_key

AsPlayer = Callable[[Player], Api]


@pytest.fixture
def notified_game(api: Api, game: Game, alice: Player, relay: Callable[[], int]) -> Game:
    """Alice was notified of three unlocks in the game, and of one in another."""
    for _ in range(3):
        api.unlock(alice, make_achievement(game))
    other = make_game()
    # Neither is completed.
    make_achievement(game)
    make_achievement(other)
    Api(make_key(other)).unlock(alice, make_achievement(other))
    relay()
    return game


def test_an_inbox_is_read_and_marked(as_player: AsPlayer, alice: Player, notified_game: Game) -> None:
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


def test_a_client_gets_its_own_games_alone(token_api: Callable[..., Api], alice: Player, notified_game: Game) -> None:
    page = token_api(alice, notified_game).get("players/me/notifications").json()

    assert {row["data"]["game"]["id"] for row in page["results"]} == {str(notified_game.id)}
    assert len(page["results"]) == 3


def test_an_inbox_is_its_players(
    anonymous: Api, api: Api, as_player: AsPlayer, as_account: Callable[..., Api], bob: Player, notified_game: Game
) -> None:
    assert as_player(bob).get("players/me/notifications").json()["results"] == []
    assert anonymous.get("players/me/notifications").json()["code"] == "not_authenticated"
    assert api.get("players/me/notifications").json()["code"] == "caller_not_allowed"
    assert as_account(make_account()).get("players/me/notifications").json()["code"] == "player_not_found"


def test_a_polling_client_goes_from_one_since_to_the_next(
    token_api: Callable[..., Api], alice: Player, notified_game: Game
) -> None:
    client = token_api(alice, notified_game)

    first = client.get("players/me/notifications?order=oldest&since=0&page_size=2").json()
    second = client.get(f"players/me/notifications?order=oldest&since={first['next_since']}").json()
    third = client.get(f"players/me/notifications?order=oldest&since={second['next_since']}").json()

    assert [row["seq"] for row in first["results"]] == [1, 2]
    assert (first["next_since"], first["next"] is None) == (2, False)
    assert [row["seq"] for row in second["results"]] == [3]
    # Past the fourth, which is of another game.
    assert (second["next_since"], second["next"]) == (4, None)
    assert (third["results"], third["next_since"]) == ([], 4)
    assert client.get("players/me/notifications").json()["next_since"] is None


def test_an_inbox_without_news_is_not_sent_again(as_player: AsPlayer, alice: Player, notified_game: Game) -> None:
    me = as_player(alice)
    path = "players/me/notifications?order=oldest&since=4"
    etag = me.get(path)["ETag"]

    same = me.get(path, headers={"If-None-Match": etag})
    me.post("players/me/notifications/read", {"up_to_seq": 1})
    marked = me.get(path, headers={"If-None-Match": etag})

    assert same.status_code == 304
    assert same["Cache-Control"] == "no-store"
    assert marked.status_code == 200
    assert marked["ETag"] != etag


def test_an_etag_is_one_callers_own(
    as_player: AsPlayer, token_api: Callable[..., Api], alice: Player, notified_game: Game
) -> None:
    etag = as_player(alice).get("players/me/notifications")["ETag"]

    response = token_api(alice, notified_game).get("players/me/notifications", headers={"If-None-Match": etag})

    assert response.status_code == 200


@pytest.mark.parametrize("question", ["order=random", "since=x", "since=-1", "unread=maybe", "page_size=0", "cursor=x"])
def test_odd_questions_are_refused(as_player: AsPlayer, alice: Player, question: str) -> None:
    assert as_player(alice).get(f"players/me/notifications?{question}").status_code == 400


def test_an_odd_mark_changes_nothing(as_player: AsPlayer, alice: Player, notified_game: Game) -> None:
    me = as_player(alice)

    for mark in (-1, "3", 2**63, None):
        assert me.post("players/me/notifications/read", {"up_to_seq": mark}).status_code == 400

    assert me.get("players/me/notifications").json()["unread_count"] == 4
