"""A game that is not published is its studio's: members who are logged in, and its own keys, in every reading of it."""

from collections.abc import Callable

import pytest

from apps.games.auth import keys
from apps.games.models import Game
from apps.players.models import Account, Player
from tests.conftest import Api
from tests.factories import make_account, make_achievement, make_game, make_key, make_known, make_studio

pytestmark = pytest.mark.django_db

PATHS = ("games/{0.id}", "games/{0.slug}", "games/{0.id}/achievements", "games/{0.id}/achievements/ACH_ONE")


@pytest.fixture
def owner() -> Account:
    return make_account()


@pytest.fixture
def draft(owner: Account) -> Game:
    draft = make_game(is_published=False, studio=make_studio(owner=owner))
    make_achievement(draft, key="ACH_ONE")
    return draft


def statuses(caller: Api, game: Game) -> set[int]:
    return {caller.get(path.format(game)).status_code for path in PATHS}


@pytest.mark.parametrize("environment", ["live", "test"])
def test_its_own_keys_see_it(draft: Game, environment: keys.Environment) -> None:
    assert statuses(Api(make_key(draft, environment)), draft) == {200}


def test_members_of_its_studio_see_it(as_account: Callable[[Account], Api], draft: Game, owner: Account) -> None:
    assert statuses(as_account(owner), draft) == {200}
    assert statuses(as_account(make_account()), draft) == {404}


def test_players_see_it_no_more_than_anyone(
    anonymous: Api, token_api: Callable[..., Api], alice: Player, draft: Game
) -> None:
    assert statuses(token_api(alice, draft), draft) == {404}
    assert statuses(anonymous, draft) == {404}
    assert statuses(Api(make_key(make_game())), draft) == {404}


def test_players_of_a_test_key_see_it_as_the_key_does(token_api: Callable[..., Api], draft: Game) -> None:
    player = Player.objects.create(handle="tester", display_name="Tester", region="EU", is_test=True)

    assert statuses(token_api(player, draft, is_test=True), draft) == {200}


def test_it_is_listed_for_its_own_keys_only(
    anonymous: Api, as_account: Callable[[Account], Api], draft: Game, owner: Account
) -> None:
    def ids(caller: Api) -> list[str]:
        return [row["id"] for row in caller.get("games").json()["results"]]

    assert ids(Api(make_key(draft))) == [str(draft.id)]
    assert ids(as_account(owner)) == ids(anonymous) == []


def test_what_its_players_earned_is_read_by_its_keys_and_by_themselves(
    anonymous: Api,
    as_player: Callable[[Player], Api],
    token_api: Callable[..., Api],
    alice: Player,
    bob: Player,
    relay: Callable[[], int],
) -> None:
    game = make_game()
    achievement, tokens, key = make_achievement(game), token_api(alice, game), Api(make_key(game))
    make_known(bob, game)
    for player in (alice, bob):
        key.unlock(player, achievement)
    relay()
    Game.objects.filter(pk=game.pk).update(is_published=False)

    def counts(caller: Api, player: Player) -> list[int]:
        paths = (f"players/{player.id}/unlocks", f"players/{player.id}/unlocks?game={game.id}")
        return [len(caller.get(path).json()["results"]) for path in paths]

    assert counts(key, bob) == counts(tokens, alice) == [1, 1]
    assert counts(tokens, bob) == counts(as_player(alice), bob) == counts(anonymous, bob) == [0, 0]
