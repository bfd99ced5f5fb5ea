"""Boards of several regions at once."""

from collections.abc import Callable
from typing import Any

import pytest

from apps.core.redis import client as redis
from apps.games.models import Game
from apps.leaderboards.boards.board import Board
from apps.leaderboards.sorted_sets import multi_region
from apps.players.models import Player
from tests.conftest import Api
from tests.factories import make_achievement, make_player

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def players(api: Api, game: Game, boards: None, relay: Callable[[], int]) -> list[Player]:
    """Nine players, best first, of EU, NA and AS in turn."""
    found = [make_player(region=("EU", "NA", "AS")[number % 3]) for number in range(9)]
    for number, player in enumerate(found):
        api.unlock(player, make_achievement(game, points=100 - number))
    relay()
    return found


def places(page: dict[str, Any]) -> list[tuple[int, str]]:
    return [(row["rank"], row["player"]["id"]) for row in page["results"]]


def test_the_regions_make_one_board(anonymous: Api, game: Game, players: list[Player]) -> None:
    page = anonymous.get(f"leaderboards/{game.id}?region=NA,EU,NA").json()

    both = [str(player.id) for player in players if player.region in {"EU", "NA"}]
    assert places(page) == list(enumerate(both, start=1))
    assert (page["board"]["region"], page["total_players"], page["degraded"]) == ("EU,NA", 6, False)
    second = anonymous.get(f"leaderboards/{game.id}?region=EU,NA&page=2&page_size=4").json()
    assert places(second) == [(5, both[4]), (6, both[5])]
    place = anonymous.get(f"leaderboards/{game.id}/players/{both[3]}?region=EU,NA&around=1").json()
    assert (place["rank"], [row["rank"] for row in place["neighbours"]]) == (4, [3, 4, 5])
    asian = anonymous.get(f"leaderboards/{game.id}/players/{players[2].id}?region=EU,NA")
    assert asian.json()["code"] == "player_not_ranked"


def test_it_is_the_same_without_redis(anonymous: Api, game: Game, players: list[Player]) -> None:
    paths = [f"leaderboards/{game.id}?region=EU,AS&page_size=4&page=2", "leaderboards/global?region=AS,NA"]
    paths += [f"leaderboards/{game.id}/players/{player.id}?region=EU,NA&around=2" for player in players[:2]]
    before = [anonymous.get(path).json() for path in paths]

    redis.client().flushall()

    assert [anonymous.get(path).json() for path in paths] == [{**response, "degraded": True} for response in before]


def test_a_union_is_cached_for_thirty_seconds(
    anonymous: Api, api: Api, game: Game, players: list[Player], relay: Callable[[], int]
) -> None:
    path = f"leaderboards/{game.id}?region=EU,NA"
    before = places(anonymous.get(path).json())
    key = multi_region.key_of(Board(game.id, region="EU,NA"))
    assert 23 <= redis.client().ttl(key) <= multi_region.CACHE_SECONDS
    assert redis.client().keys("board-union:*:head:*") == []

    api.unlock(players[8], make_achievement(game, points=500))
    api.unlock(players[7], make_achievement(game, points=600))
    relay()

    assert places(anonymous.get(path).json()) == before
    redis.client().delete(key, f"{key}:total", *redis.client().keys("page:*"))
    assert places(anonymous.get(path).json())[0] == (1, str(players[7].id))


def test_all_regions_are_everyone_and_strange_ones_are_refused(
    anonymous: Api, game: Game, players: list[Player]
) -> None:
    everyone = anonymous.get(f"leaderboards/{game.id}").json()

    assert anonymous.get(f"leaderboards/{game.id}?region=SA,OC,NA,EU,AS,AN,AF").json() == everyone
    for query, pointer in (("region=EU,XX", "region"), ("region=EU,", "region"), ("region=EU,NA&page=51", "page")):
        refused = anonymous.get(f"leaderboards/{game.id}?{query}")
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (400, pointer)


def test_who_stands_behind_the_heads_is_found_in_postgres(
    anonymous: Api, game: Game, players: list[Player], monkeypatch: Any
) -> None:
    monkeypatch.setattr(multi_region, "HEAD_RANKS", 2)

    page = anonymous.get(f"leaderboards/{game.id}?region=EU,NA&page_size=2").json()
    place = anonymous.get(f"leaderboards/{game.id}/players/{players[7].id}?region=EU,NA&around=0").json()

    assert (places(page), page["total_players"]) == ([(1, str(players[0].id)), (2, str(players[1].id))], 6)
    assert (place["rank"], place["total_players"], place["degraded"]) == (6, 6, True)
