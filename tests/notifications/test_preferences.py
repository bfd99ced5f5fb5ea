"""What players want to be notified of, and that it is honoured."""

from collections.abc import Callable

import pytest

from apps.games.models import Achievement
from apps.notifications.kinds import KINDS
from apps.notifications.models import Notification, Preference
from apps.players.models import Player
from tests.conftest import Api
from tests.factories import make_achievement

pytestmark = pytest.mark.django_db
PATH = "players/me/preferences"
OFF = {"kind": "own_unlock", "road": "inbox", "choice": "none"}


@pytest.fixture
def person(as_player: Callable[[Player], Api], alice: Player) -> Api:
    return as_player(alice)


def test_every_kind_is_sent_until_it_is_turned_off(person: Api) -> None:
    before = person.get(PATH).json()

    after = person.put(PATH, {"preferences": [OFF]}).json()

    first_choices = [
        {"kind": kind.key, "road": road.value, "choice": choices[0].value}
        for kind in KINDS.values()
        for road, choices in kind.roads.items()
    ]
    assert before == {"preferences": first_choices}
    assert first_choices[0] == {**OFF, "choice": "all"}
    assert after == person.get(PATH).json() == {"preferences": [OFF, *first_choices[1:]]}


def test_what_is_turned_off_is_neither_stored_nor_numbered(
    person: Api, api: Api, alice: Player, bob: Player, achievement: Achievement, relay: Callable[[], int]
) -> None:
    make_achievement(achievement.game)
    person.put(PATH, {"preferences": [OFF]})

    for player in (alice, bob):
        api.unlock(player, achievement)
    relay()

    assert list(Notification.objects.values_list("player_id", "seq")) == [(bob.id, 1)]
    assert person.get("players/me/notifications").json()["last_seq"] == 0


def test_what_is_turned_on_again_leaves_nothing_behind(person: Api) -> None:
    person.put(PATH, {"preferences": [OFF]})

    person.put(PATH, {"preferences": [{**OFF, "choice": "all"}]})

    assert Preference.objects.count() == 0


def test_a_kind_that_is_turned_off_on_sockets_is_stored_and_quiet(
    person: Api, api: Api, alice: Player, achievement: Achievement, relay: Callable[[], int]
) -> None:
    make_achievement(achievement.game)
    person.put(PATH, {"preferences": [{**OFF, "road": "socket"}]})

    api.unlock(alice, achievement)
    relay()

    assert list(Notification.objects.values_list("player_id", "seq", "is_quiet")) == [(alice.id, 1, True)]


@pytest.mark.parametrize(("member", "wrong"), [("kind", "gossip"), ("road", "pigeon"), ("choice", "some")])
def test_what_there_is_not_is_refused_and_changes_nothing(person: Api, member: str, wrong: str) -> None:
    response = person.put(PATH, {"preferences": [OFF, {**OFF, member: wrong}]})

    assert response.status_code == 400
    assert response.json()["errors"][0]["pointer"] == f"/preferences/1/{member}"
    assert Preference.objects.count() == 0
