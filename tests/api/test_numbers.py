"""Players, games and achievements have a number beside their id: given once, in every answer that describes them."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from apps.core.api.auth.callers import Scope
from apps.games.models import Achievement, Game
from apps.players.models import Account, Follow, Player
from tests.conftest import Api
from tests.factories import make_account, make_achievement, make_game, make_key, make_player, make_studio

AsPlayer = Callable[[Player], Api]
MAKERS: list[Callable[[Game], Any]] = [
    lambda _: make_player(),
    lambda _: make_game(),
    make_achievement,
]


def test_every_answer_with_a_player_has_its_number(
    anonymous: Api, api: Api, as_player: AsPlayer, alice: Player, bob: Player
) -> None:
    Follow.objects.create(follower=alice, followed=bob)
    me = as_player(alice)

    created = api.put("players/by-external-id/steam-1").json()

    assert created["number"] == Player.objects.get(pk=created["id"]).number
    assert api.get("players/by-external-id/steam-1").json()["number"] == created["number"]
    assert anonymous.get(f"players/{bob.id}").json()["number"] == bob.number
    assert me.get("players/me").json()["number"] == alice.number
    assert me.patch("players/me", {"display_name": "Alice L."}).json()["number"] == alice.number
    assert {row["id"]: row["number"] for row in anonymous.get("players").json()["results"]} == {
        str(alice.id): alice.number,
        str(bob.id): bob.number,
        created["id"]: created["number"],
    }
    assert me.get("players/me/following").json()["results"][0]["number"] == bob.number


def test_every_answer_with_a_game_or_an_achievement_has_its_number(
    anonymous: Api, game: Game, achievement: Achievement, alice: Player
) -> None:
    maker = Api(make_key(game, scopes=list(Scope)))
    path = f"manage/games/{game.id}"
    maker.unlock(alice, achievement)

    created = maker.post(f"{path}/achievements", {"key": "ACH_NEW", "name": "New", "points": 5}).json()

    game_answers = [
        anonymous.get(f"games/{game.slug}").json(),
        anonymous.get("games").json()["results"][0],
        maker.get(path).json(),
        maker.get("manage/games").json()["results"][0],
        maker.patch(path, {"tagline": "New."}).json(),
    ]
    achievement_answers = [
        anonymous.get(f"games/{game.id}/achievements").json()["results"][0],
        anonymous.get(f"games/{game.id}/achievements/{achievement.key}").json(),
        maker.get(f"{path}/achievements").json()["results"][0],
        maker.get(f"{path}/achievements/{achievement.key}").json(),
        maker.patch(f"{path}/achievements/{achievement.key}", {"name": "Other"}).json(),
        anonymous.get(f"players/{alice.id}/unlocks").json()["results"][0]["achievement"],
        anonymous.get(f"players/{alice.id}/dashboard").json()["latest_unlocks"][0]["achievement"],
    ]
    assert {answer["number"] for answer in game_answers} == {game.number}
    assert {answer["number"] for answer in achievement_answers} == {achievement.number}
    assert created["number"] == Achievement.objects.get(key="ACH_NEW").number


@pytest.mark.parametrize("make", MAKERS, ids=["player", "game", "achievement"])
def test_a_number_is_positive_rises_and_is_never_given_again(game: Game, make: Callable[[Game], Any]) -> None:
    first = make(game)
    with transaction.atomic():
        lost = make(game).number
        transaction.set_rollback(True)
    deleted = make(game)
    gone = deleted.number
    deleted.delete()

    last = make(game)

    assert 0 < first.number < lost < gone < last.number
    with pytest.raises(IntegrityError, match=f"{type(last)._meta.db_table}_number_uniq"), transaction.atomic():
        type(last).objects.filter(pk=last.pk).update(number=first.number)


def test_rows_that_are_written_at_once_or_by_hand_have_numbers_too(game: Game) -> None:
    made = Player.objects.bulk_create(
        Player(handle=f"many{number}", display_name="Many", region="EU") for number in range(3)
    )
    with (
        connection.cursor() as cursor,
        cursor.copy(
            "COPY player (id, handle, display_name, region, time_zone, avatar, visibility, created_at) FROM STDIN"
        ) as copy,
    ):
        copy.write(f"{uuid4()}\tcopied\tCopied\tEU\tUTC\t\tpublic\t2026-11-29\n")

    numbers = [player.number for player in made]

    assert numbers == list(range(numbers[0], numbers[0] + 3))
    assert Player.objects.get(handle="copied").number == numbers[-1] + 1


def test_a_merged_player_keeps_the_number(anonymous: Api, alice: Player) -> None:
    shadow = make_player(merged_into=alice)

    assert anonymous.get(f"players/{shadow.id}").json()["number"] == alice.number
    shadow.refresh_from_db()
    assert shadow.number not in {None, alice.number}


@pytest.fixture
def owner(game: Game) -> Account:
    owner = make_account()
    game.studio = make_studio(owner=owner)
    game.save()
    return owner


def test_nobody_chooses_a_number(
    as_account: Callable[[Account], Api], as_player: AsPlayer, owner: Account, game: Game, achievement: Achievement
) -> None:
    maker, player = as_account(owner), make_player()
    path = f"manage/games/{game.id}"
    known = {"key": achievement.key, "name": "Other", "points": 5}
    document = {"format": "laurel.achievements", "version": 1, "achievements": [known | {"number": 7}]}

    answers = [
        maker.patch(path, {"number": 7}),
        maker.patch(f"{path}/achievements/{achievement.key}", {"number": 7}),
        maker.post(f"{path}/achievements", {"key": "ACH_NEW", "name": "New", "points": 5, "number": 7}),
        maker.put(f"{path}/definitions", document),
        as_player(player).patch("players/me", {"number": 7}),
        Api(make_key(game)).put("players/by-external-id/steam-1", {"number": 7}),
    ]

    refusals = [(answer.status_code, answer.json()["errors"][0]["pointer"]) for answer in answers]
    document_refusal = (400, "/achievements/0/number")
    assert refusals == [*[(400, "/number")] * 3, document_refusal, *[(400, "/number")] * 2]
    for row in (game, achievement, player):
        assert type(row).objects.get(pk=row.pk).number == row.number
    assert Player.objects.count() == 1
    assert list(Achievement.objects.values_list("name", flat=True)) == [achievement.name]
