"""Following boards over HTTP."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.games.models import Game
from apps.leaderboards.models import BoardFollow, Window
from apps.leaderboards.rivalry.board_follows import FOLLOWED_MAX, TooManyBoardsError, follow_board
from apps.players.models import Player
from tests.conftest import Api
from tests.factories import make_account, make_game

pytestmark = pytest.mark.django_db(transaction=True)

PATH = "players/me/followed-boards"
PATIENCE_SECONDS = 20.0


@pytest.fixture
def person(as_player: Callable[[Player], Api], alice: Player) -> Api:
    return as_player(alice)


def boards_of(api: Api) -> list[tuple[str | None, str]]:
    return [(item["game_id"], item["window"]) for item in api.get(PATH).json()["boards"]]


def fill(player: Player, count: int) -> None:
    BoardFollow.objects.bulk_create(BoardFollow(player=player, scope_id=uuid4(), window="all") for _ in range(count))


def test_boards_are_followed_listed_and_left(person: Api, game: Game, bob: Player) -> None:
    follow_board(player_id=bob.id, scope_id=game.id, window=Window.DAY)

    followed = person.put(f"{PATH}/{game.id}/week")
    everything = person.put(f"{PATH}/global/all")
    again = person.put(f"{PATH}/{game.id}/week")
    both = boards_of(person)
    left = [person.delete(f"{PATH}/{game.id}/week").status_code for _ in range(2)]

    assert (followed.status_code, again.status_code, everything.status_code) == (200, 200, 200)
    assert followed.json() == again.json() == {"game_id": str(game.id), "window": "week"}
    assert everything.json() == {"game_id": None, "window": "all"}
    assert both == [(None, "all"), (str(game.id), "week")]
    assert left == [204, 204]
    assert boards_of(person) == [(None, "all")]
    assert BoardFollow.objects.filter(player=bob).count() == 1


def test_a_game_client_follows_for_its_player(
    token_api: Callable[..., Api], person: Api, alice: Player, game: Game
) -> None:
    assert token_api(alice, game).put(f"{PATH}/{game.id}/day").status_code == 200
    assert boards_of(person) == [(str(game.id), "day")]


@pytest.mark.parametrize("method", ["put", "delete"])
@pytest.mark.parametrize("scope", ["global", "game"])
def test_an_unknown_window_is_refused(person: Api, game: Game, method: str, scope: str) -> None:
    response = getattr(person, method)(f"{PATH}/{game.id if scope == 'game' else scope}/year")

    assert (response.status_code, response.json()["errors"][0]["pointer"]) == (400, "window")
    assert BoardFollow.objects.count() == 0


@pytest.mark.parametrize("game_id", [None, UUID(int=7)])
def test_a_board_that_nobody_can_see_can_be_left_and_not_followed(
    person: Api, alice: Player, game_id: UUID | None
) -> None:
    hidden = game_id or make_game(is_published=False).id
    response = person.put(f"{PATH}/{hidden}/all")
    BoardFollow.objects.create(player=alice, scope_id=hidden, window="week")

    assert (response.status_code, response.json()["code"]) == (404, "game_not_found")
    assert person.delete(f"{PATH}/{hidden}/week").status_code == 204
    assert BoardFollow.objects.count() == 0


def test_an_account_without_a_player_has_no_boards(as_account: Callable[..., Api], db: None) -> None:
    api = as_account(make_account())

    responses = [api.get(PATH), api.put(f"{PATH}/global/all"), api.delete(f"{PATH}/global/all")]

    assert {(response.status_code, response.json()["code"]) for response in responses} == {(404, "player_not_found")}
    assert BoardFollow.objects.count() == 0


def test_a_hundred_boards_are_the_most(person: Api, alice: Player, game: Game) -> None:
    fill(alice, FOLLOWED_MAX - 1)
    assert person.put(f"{PATH}/{game.id}/all").status_code == 200

    over = person.put(f"{PATH}/{game.id}/day")
    again = person.put(f"{PATH}/{game.id}/all")

    assert (over.status_code, over.json()["code"]) == (409, "too_many_boards")
    assert again.status_code == 200
    assert BoardFollow.objects.count() == FOLLOWED_MAX
    person.delete(f"{PATH}/{game.id}/all")
    assert person.put(f"{PATH}/{game.id}/day").status_code == 200


def test_of_two_at_once_one_takes_the_last_slot(alice: Player, game: Game) -> None:
    fill(alice, FOLLOWED_MAX - 1)
    start = threading.Barrier(4)

    def attempt(window: Window) -> bool | str:
        try:
            start.wait(PATIENCE_SECONDS)
            return follow_board(player_id=alice.id, scope_id=game.id, window=window)
        except TooManyBoardsError as refusal:
            return refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        results = list(threads.map(attempt, Window))

    assert sorted(map(str, results)) == ["True", *["too_many_boards"] * 3]
    assert BoardFollow.objects.count() == FOLLOWED_MAX


def test_the_same_board_twice_at_once_is_followed_once(alice: Player, game: Game) -> None:
    start = threading.Barrier(4)

    def attempt(_: int) -> bool:
        try:
            start.wait(PATIENCE_SECONDS)
            return follow_board(player_id=alice.id, scope_id=game.id, window=Window.ALL)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        results = list(threads.map(attempt, range(4)))

    assert sorted(results) == [False, False, False, True]


def test_the_list_takes_as_many_queries_at_one_board_as_at_a_hundred(
    person: Api, alice: Player, django_assert_num_queries: Any
) -> None:
    fill(alice, 1)
    with CaptureQueriesContext(connection) as at_one:
        person.get(PATH)
    fill(alice, FOLLOWED_MAX - 1)

    with django_assert_num_queries(len(at_one)):
        assert len(boards_of(person)) == FOLLOWED_MAX
