"""Progress as game servers report it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from apps.core.clock import now
from apps.core.models import OutboxEntry
from apps.core.redis import client as redis
from apps.games.models import Achievement, Game
from apps.players import cache_versions
from apps.players.models import Player
from apps.unlocks import actions
from apps.unlocks.models import (
    Progress,
    ProgressRequest,
    Source,
    Unlock,
)
from tests.conftest import Api
from tests.factories import make_achievement, make_game
from tests.live import wait_until
from tests.unlocks.progress_calls import LIVE, TARGET, assert_refused, counts, send

pytestmark = pytest.mark.django_db(transaction=True)


def test_steps_add_up_and_the_last_one_unlocks(
    api: Api, alice: Player, lamps: Achievement, boards: None, relay: Callable[[], int]
) -> None:
    first = send(api, alice, lamps, "increment", steps=60, request_id="one")
    last = send(api, alice, lamps, "increment", steps=60, request_id="two")
    after = send(api, alice, lamps, "increment", steps=1, request_id="three")

    unlock = Unlock.objects.get()
    shared = {"player_id": str(alice.id), "achievement_id": str(lamps.id), "target": TARGET, "points": 20}
    pending = {"steps": 60, "unlocked": False, "unlocked_at": None, "revealed": True, "rarity": None}
    assert (first.status_code, first.json()) == (200, {**shared, **pending})
    unlocked_at = unlock.unlocked_at.isoformat().replace("+00:00", "Z")
    earned = {**shared, **pending, "steps": TARGET, "unlocked": True, "unlocked_at": unlocked_at}
    assert (last.status_code, last.json()) == (201, earned)
    assert (after.status_code, after.json()) == (200, {**earned, "unlocked": False})
    assert (unlock.points, unlock.source, unlock.game_id) == (20, Source.SERVER, lamps.game_id)
    assert (Progress.objects.get().steps, ProgressRequest.objects.count()) == (TARGET, 2)
    assert [entry.kind for entry in OutboxEntry.objects.all()] == ["achievement_unlocked"]
    relay()
    (row,) = api.get(f"leaderboards/{lamps.game_id}").json()["results"]
    assert (row["player"]["id"], row["points"]) == (str(alice.id), 20)


def test_an_increment_that_is_retried_is_applied_once(api: Api, alice: Player, lamps: Achievement) -> None:
    responses = [send(api, alice, lamps, "increment", steps=30, request_id="match-1").json() for _ in range(3)]

    assert [answer["steps"] for answer in responses] == [30, 30, 30]
    assert Progress.objects.get().steps == 30


def test_a_request_id_counts_for_one_player_and_achievement(
    api: Api, alice: Player, bob: Player, lamps: Achievement, game: Game
) -> None:
    other = make_achievement(game, kind="incremental", target=TARGET)

    for player, achievement in ((alice, lamps), (bob, lamps), (alice, other)):
        send(api, player, achievement, "increment", steps=5, request_id="match-1")

    assert list(Progress.objects.values_list("steps", flat=True)) == [5, 5, 5]


def test_set_at_least_never_goes_down(api: Api, alice: Player, lamps: Achievement) -> None:
    responses = [send(api, alice, lamps, "set_at_least", steps=steps).json()["steps"] for steps in (40, 10, 41, 40)]

    assert responses == [40, 40, 41, 41]
    assert Progress.objects.get().steps == 41


def test_nothing_goes_down_when_the_target_is_lowered_and_the_next_report_unlocks(
    api: Api, alice: Player, bob: Player, lamps: Achievement
) -> None:
    for player in (alice, bob):
        send(api, player, lamps, "set_at_least", steps=80)
    Achievement.objects.filter(pk=lamps.pk).update(target=50)

    revealed = send(api, alice, lamps, "reveal").json()
    responses = [
        send(api, alice, lamps, "set_at_least", steps=1),
        send(api, bob, lamps, "increment", steps=1, request_id="a"),
    ]

    assert (revealed["steps"], revealed["unlocked"]) == (50, False)
    assert [(answer.status_code, answer.json()["steps"]) for answer in responses] == [(201, 50)] * 2
    assert list(Progress.objects.values_list("steps", flat=True)) == [80, 80]


def test_huge_steps_end_at_the_target(api: Api, alice: Player, lamps: Achievement) -> None:
    send(api, alice, lamps, "increment", steps=1, request_id="a")

    answer = send(api, alice, lamps, "increment", steps=2_147_483_647, request_id="b")

    assert (answer.status_code, answer.json()["steps"]) == (201, TARGET)


def test_a_hidden_achievement_is_revealed_once_and_to_this_player_alone(
    api: Api, alice: Player, bob: Player, game: Game
) -> None:
    secret = make_achievement(game, is_hidden=True, kind="incremental", target=TARGET)

    before = send(api, alice, secret, "set_at_least", steps=3).json()
    revealed = send(api, alice, secret, "reveal").json()
    moment = Progress.objects.get(player=alice).revealed_at
    send(api, alice, secret, "reveal")
    other = send(api, bob, secret, "set_at_least", steps=3).json()

    assert [before["revealed"], revealed["revealed"], other["revealed"]] == [False, True, False]
    assert (revealed["steps"], Progress.objects.get(player=alice).revealed_at) == (3, moment)


def test_an_achievement_without_steps_can_be_revealed_and_nothing_else(
    api: Api, alice: Player, achievement: Achievement
) -> None:
    for verb, fields in (("increment", {"request_id": "a"}), ("set_at_least", {})):
        response = send(api, alice, achievement, verb, steps=1, **fields)
        assert_refused(response, 409, "achievement_not_incremental")

    body = send(api, alice, achievement, "reveal").json()

    assert (body["steps"], body["target"], body["unlocked"]) == (None, None, False)


def test_what_was_unlocked_at_once_stands_at_its_target_and_changes_no_more(
    api: Api, alice: Player, lamps: Achievement
) -> None:
    first = api.unlock(alice, lamps).json()

    responses = [
        send(api, alice, lamps, "increment", steps=5, request_id="a"),
        send(api, alice, lamps, "set_at_least", steps=5),
        send(api, alice, lamps, "reveal"),
    ]

    assert [answer.status_code for answer in responses] == [200] * 3
    assert {(a.json()["steps"], a.json()["unlocked"], a.json()["unlocked_at"]) for a in responses} == {
        (TARGET, False, first["unlocked_at"])
    }
    assert counts((Progress, ProgressRequest)) == [0, 0]


def test_an_unlock_answers_as_before_when_the_achievement_is_archived(
    api: Api, alice: Player, bob: Player, lamps: Achievement
) -> None:
    send(api, alice, lamps, "set_at_least", steps=TARGET)
    Achievement.objects.filter(pk=lamps.pk).update(state="archived")

    assert send(api, alice, lamps, "set_at_least", steps=1).json()["steps"] == TARGET
    assert send(api, bob, lamps, "set_at_least", steps=1).json()["code"] == "achievement_archived"
    assert counts(LIVE) == [1, 0, 1, 1]


@pytest.mark.parametrize(
    ("back", "code"),
    [
        (timedelta(days=13), None),
        (timedelta(days=15), "unlocked_at_too_old"),
        (timedelta(minutes=-6), "unlocked_at_in_future"),
    ],
)
def test_the_time_of_offline_play_stays_within_two_weeks(
    api: Api, alice: Player, lamps: Achievement, back: timedelta, code: str | None
) -> None:
    moment = now() - back

    response = send(api, alice, lamps, "set_at_least", steps=TARGET, unlocked_at=moment.isoformat())

    if code is None:
        assert response.status_code == 201
        assert Unlock.objects.get().unlocked_at == moment
    else:
        assert_refused(response, 400, code, "/unlocked_at")


def test_unknown_players_foreign_achievements_and_drafts_are_refused(
    api: Api, alice: Player, lamps: Achievement, game: Game
) -> None:
    foreign = make_achievement(make_game(), kind="incremental", target=TARGET)
    draft = make_achievement(game, kind="incremental", target=TARGET, state="draft")

    nobody = send(api, alice, lamps, "set_at_least", steps=1, player_id=str(uuid4()))
    assert_refused(nobody, 404, "player_not_found")
    assert_refused(send(api, alice, foreign, "set_at_least", steps=1), 404, "achievement_not_found")
    assert_refused(send(api, alice, draft, "set_at_least", steps=1), 409, "achievement_not_published")


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"verb": "unlock"}, "/verb"),
        ({"verb": None}, "/verb"),
        ({"verb": ["reveal"]}, "/verb"),
        ({"steps": 0}, "/steps"),
        ({"steps": -1}, "/steps"),
        ({"steps": "5"}, "/steps"),
        ({"steps": True}, "/steps"),
        ({"steps": 1.5}, "/steps"),
        ({"steps": None}, "/steps"),
        ({"steps": 2**31}, "/steps"),
        ({"verb": "reveal"}, "/steps"),
        ({"request_id": None}, "/request_id"),
        ({"request_id": ""}, "/request_id"),
        ({"request_id": "a\0"}, "/request_id"),
        ({"request_id": "a" * 65}, "/request_id"),
        ({"request_id": 7}, "/request_id"),
        ({"player_id": "me"}, "/player_id"),
        ({"player_id": ["me"]}, "/player_id"),
        ({"player_id": "{" + "1" * 32 + "}"}, "/player_id"),
        ({"achievement_id": "{" + "1" * 32 + "}"}, "/achievement_id"),
        ({"unlocked_at": "never"}, "/unlocked_at"),
        ({"stesp": 1}, "/stesp"),
    ],
)
def test_a_wrong_member_is_pointed_at(
    api: Api, alice: Player, lamps: Achievement, fields: dict[str, Any], pointer: str
) -> None:
    body = {"steps": 5, "request_id": "match-1", **fields}

    assert_refused(send(api, alice, lamps, body.pop("verb", "increment"), **body), 400, "invalid", pointer)


def test_a_batch_mixes_all_verbs_and_takes_them_in_the_order_sent(
    api: Api, alice: Player, bob: Player, game: Game, lamps: Achievement, django_assert_num_queries: Any
) -> None:
    plain = make_achievement(game, points=5)
    to_lamps = {"player_id": str(alice.id), "achievement_id": lamps.key}
    reports: list[Any] = [
        {**to_lamps, "verb": "increment", "steps": 30, "request_id": "a"},
        {"player_id": str(bob.id), "achievement_id": str(plain.id), "verb": "unlock"},
        {**to_lamps, "verb": "increment", "steps": 30, "request_id": "a"},
        {**to_lamps, "verb": "set_at_least", "steps": 20},
        {**to_lamps, "verb": "dance"},
        {"player_id": str(bob.id), "achievement_id": str(plain.id), "verb": "increment", "steps": 1, "request_id": "a"},
        {**to_lamps, "verb": "increment", "steps": 70, "request_id": "b"},
        {**to_lamps, "verb": "set_at_least", "steps": 20, "unlocked_at": "2001-01-01T00:00:00Z"},
        {**to_lamps, "verb": "unlock"},
        {"player_id": str(uuid4()), "achievement_id": str(plain.id), "verb": "unlock"},
        17,
    ]
    send(api, bob, lamps, "reveal")

    with django_assert_num_queries(1):
        response = api.post("achievements/progress/batch", {"reports": reports})

    results = response.json()["results"]
    assert [result["index"] for result in results] == list(range(11))
    assert [result["status"] for result in results] == [200, 201, 200, 200, 400, 200, 201, 400, 200, 404, 400]
    assert [result.get("steps") for result in results] == [30, None, 30, 30, None, None, 100, None, 100, None, None]
    assert [result.get("unlocked") for result in results if result["status"] < 300] == [
        False, True, False, False, False, True, False,
    ]  # fmt: skip
    assert results[8]["unlocked_at"] == results[6]["unlocked_at"]
    assert results[7]["error"]["code"] == "unlocked_at_too_old"
    assert counts((Unlock, OutboxEntry)) == [2, 2]


def test_progress_renews_what_is_cached_of_the_player(api: Api, alice: Player, lamps: Achievement) -> None:
    def mark() -> Any:
        return redis.client().get(cache_versions.key_of(alice.id))

    send(api, alice, lamps, "set_at_least", steps=5)
    wait_until(lambda: mark() is not None, "the player to be touched")
    first = mark()

    send(api, alice, lamps, "set_at_least", steps=6)

    wait_until(lambda: mark() != first, "the player to be touched again")


def test_old_requests_are_deleted(api: Api, alice: Player, lamps: Achievement) -> None:
    for name in ("old", "older", "new"):
        send(api, alice, lamps, "increment", steps=1, request_id=name)
    old = ProgressRequest.objects.exclude(request_id="new")
    old.update(created_at=now() - timedelta(days=31))

    deleted = [actions.delete_progress_requests(rows_max=1) for _ in range(3)]

    assert deleted == [1, 1, 0]
    assert [request.request_id for request in ProgressRequest.objects.all()] == ["new"]
