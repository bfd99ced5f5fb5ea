"""Whoever may read what is hidden reads it wherever it stands: who earned or was shown it, and keys of its game."""

from collections.abc import Callable
from typing import Any

import pytest

from apps.games.models import Achievement, Game
from apps.players.models import Player
from tests.conftest import Api
from tests.factories import make_achievement, make_game, make_key
from tests.unlocks.progress_calls import send

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("boards")]


@pytest.fixture
def secret(game: Game) -> Achievement:
    return make_achievement(game, name="The Butler", is_hidden=True)


def names(response: Any, member: str) -> set[str | None]:
    return {item["achievement"]["name"] for item in response.json()[member]}


def test_a_key_reads_what_was_earned_in_its_game_in_both_places(
    api: Api, anonymous: Api, alice: Player, secret: Achievement, relay: Callable[[], int]
) -> None:
    other = make_game()
    foreign = make_achievement(other, name="The Gardener", is_hidden=True)
    api.unlock(alice, secret)
    other_api = Api(make_key(other))
    other_api.unlock(alice, foreign)
    relay()

    for _ in range(2):
        # The second time from the cache, for each separately.
        assert names(api.get(f"players/{alice.id}/unlocks"), "results") == {"The Butler"}
        assert names(api.get(f"players/{alice.id}/dashboard"), "latest_unlocks") == {"The Butler", None}
        assert names(other_api.get(f"players/{alice.id}/dashboard"), "latest_unlocks") == {"The Gardener", None}
        assert names(anonymous.get(f"players/{alice.id}/dashboard"), "latest_unlocks") == {None}
        assert names(anonymous.get(f"players/{alice.id}/unlocks"), "results") == {None}


def test_who_was_shown_it_reads_it_on_pages_as_in_the_api(
    api: Api, as_player: Callable[[Player], Api], alice: Player, bob: Player, game: Game, secret: Achievement,
    relay: Callable[[], int],
) -> None:  # fmt: skip
    api.unlock(bob, secret)
    relay()
    caller = as_player(alice)
    paths = [f"/games/{game.slug}/", "/players/bob/"]
    before = ["The Butler" in caller.client.get(path).content.decode() for path in paths]

    send(api, alice, secret, "reveal")

    assert before == [False, False]
    assert ["The Butler" in caller.client.get(path).content.decode() for path in paths] == [True, True]
    assert names(caller.get(f"players/{bob.id}/unlocks"), "results") == {"The Butler"}
    assert names(caller.get(f"players/{bob.id}/dashboard"), "latest_unlocks") == {"The Butler"}
