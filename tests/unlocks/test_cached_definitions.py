"""What lists say of achievements: cached in the process, current all the same, and bounded."""

from datetime import timedelta
from itertools import chain
from typing import Any

import pytest

from apps.core.clock import now
from apps.games.actions import amend_achievement, publish_achievement
from apps.games.models import Achievement, Game
from apps.players.models import Player
from apps.unlocks.definitions import cached_definitions, definitions_of
from apps.unlocks.models import Unlock
from tests.conftest import Api
from tests.factories import make_achievement, make_game

pytestmark = pytest.mark.django_db(transaction=True)


def test_every_list_of_a_player_shows_a_change_at_once(api: Api, alice: Player, game: Game) -> None:
    earned = make_achievement(game, name="Before")
    api.unlock(alice, earned)

    def names() -> list[str]:
        listed = api.get(f"games/{game.id}/achievements?player_id={alice.id}").json()["results"]
        unlocks = api.get(f"players/{alice.id}/unlocks").json()["results"]
        return [listed[0]["name"], unlocks[0]["achievement"]["name"]]

    assert names() == ["Before", "Before"]
    amend_achievement(achievement=earned, changes={"name": "After"})
    assert names() == ["Before", "Before"]
    publish_achievement(achievement=earned)
    assert names() == ["After", "After"]


def test_what_is_cached_is_read_from_nowhere_until_the_revision_differs(
    game: Game, django_assert_num_queries: Any
) -> None:
    ids = [str(make_achievement(game).id) for _ in range(3)]
    revision = Game.objects.get(pk=game.id).revision

    with django_assert_num_queries(1):
        read = definitions_of([(name, revision) for name in ids], is_test=False)
    with django_assert_num_queries(0):
        assert definitions_of([(name, revision) for name in reversed(ids)], is_test=False) == read
    with django_assert_num_queries(1):
        definitions_of([(ids[0], revision + 1), (ids[1], revision)], is_test=False)
    with django_assert_num_queries(1):
        # Drafts are read each time.
        definitions_of([(ids[1], revision)], is_test=True)


def test_memory_is_bounded_and_has_what_is_read_often(game: Game, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cached_definitions, "entries_max", 2)
    popular, *others = [str(make_achievement(game).id) for _ in range(9)]
    revision = Game.objects.get(pk=game.id).revision

    for name in others:
        definitions_of([(popular, revision), (name, revision)], is_test=False)

    held = [name for name in (popular, *others) if cached_definitions.get(name) is not None]
    assert held[0] == popular
    assert len(held) <= 4


def test_pages_of_unlocks_lead_forwards_and_back_through_equal_times(anonymous: Api, alice: Player, game: Game) -> None:
    moment = now()
    others = [make_game(), game]
    for number in range(7):
        achievement: Achievement = make_achievement(others[number % 2])
        at = moment - timedelta(seconds=number // 3)
        Unlock.objects.create(
            player=alice, achievement=achievement, game_id=achievement.game_id, unlocked_at=at, recorded_at=at,
            definition_version=1, points=number, source=1,
        )  # fmt: skip

    def walk(link: str | None, direction: str) -> list[list[int]]:
        pages = []
        while link is not None:
            page = anonymous.get(link.partition("/api/v1/")[2] or link).json()
            pages.append([row["points"] for row in page["results"]])
            link, last = page[direction], page
        back.append(last["previous"])
        return pages

    back: list[str] = []
    forwards = walk(f"players/{alice.id}/unlocks?page_size=2", "next")
    backwards = walk(back[0], "previous")

    assert [len(page) for page in forwards] == [2, 2, 2, 1]
    assert sorted(chain(*forwards)) == list(range(7))
    assert [number // 3 for number in chain(*forwards)] == [0, 0, 0, 1, 1, 1, 2]
    assert backwards == forwards[2::-1]
