"""Unlocks as a game server reports them."""

from datetime import timedelta
from json import dumps
from typing import Any
from uuid import uuid4

import pytest
from django.utils.dateparse import parse_datetime

from apps.core.clock import now
from apps.core.models import OutboxEntry
from apps.games.models import Achievement, ApiKey, Game
from apps.players.models import Player
from apps.unlocks.models import SandboxUnlock, Unlock
from tests.conftest import Api
from tests.factories import make_achievement, make_game, make_key, make_player

pytestmark = pytest.mark.django_db(transaction=True)


def assert_problem(response: Any, status: int, code: str) -> dict[str, Any]:
    """Assert a problem-details answer, and that nothing was written."""
    assert response.status_code == status, response.content
    assert response["Content-Type"] == "application/problem+json"
    body: dict[str, Any] = response.json()
    assert body["code"] == code
    assert body["status"] == status
    assert body["request_id"] == response["X-Request-ID"]
    assert set(body) == {
        "type", "title", "status", "detail", "instance", "code", "retryable", "request_id", "errors"
    }  # fmt: skip
    assert Unlock.objects.count() == 0
    assert OutboxEntry.objects.count() == 0
    return body


def test_first_report_of_an_achievement_is_created(api: Api, alice: Player, achievement: Achievement) -> None:
    response = api.unlock(alice, achievement)

    assert response.status_code == 201
    body = response.json()
    assert body["unlocked"] is True
    assert body["points"] == 10
    assert body["rarity"] is None
    assert (body["player_id"], body["achievement_id"]) == (str(alice.id), str(achievement.id))
    row = Unlock.objects.get()
    assert (row.points, row.definition_version, row.source) == (10, 1, 1)
    assert parse_datetime(body["unlocked_at"]) == row.unlocked_at
    assert OutboxEntry.objects.get().kind == "achievement_unlocked"


def test_second_report_of_the_same_achievement_adds_nothing(api: Api, alice: Player, achievement: Achievement) -> None:
    first = api.unlock(alice, achievement).json()

    response = api.unlock(alice, achievement, unlocked_at=now().isoformat())

    assert response.status_code == 200
    assert response.json() == {**first, "unlocked": False}
    assert Unlock.objects.count() == 1
    assert OutboxEntry.objects.count() == 1


def test_an_achievement_is_found_by_its_key(api: Api, alice: Player, achievement: Achievement) -> None:
    response = api.post("achievements/unlock", {"player_id": str(alice.id), "achievement_id": achievement.key})

    assert response.status_code == 201
    assert response.json()["achievement_id"] == str(achievement.id)


def test_an_edit_does_not_rewrite_what_was_earned(api: Api, alice: Player, achievement: Achievement) -> None:
    api.unlock(alice, achievement)

    Achievement.objects.filter(pk=achievement.pk).update(points=90, version=2)

    assert api.unlock(alice, achievement).json()["points"] == 10
    assert Unlock.objects.get().definition_version == 1


@pytest.mark.parametrize(
    ("back", "status", "code"),
    [
        (timedelta(days=13), 201, None),
        (timedelta(days=15), 400, "unlocked_at_too_old"),
        (timedelta(minutes=-4), 201, None),
        (timedelta(minutes=-6), 400, "unlocked_at_in_future"),
    ],
)
def test_times_within_two_weeks_are_stored_as_given(
    api: Api, alice: Player, achievement: Achievement, back: timedelta, status: int, code: str | None
) -> None:
    moment = now() - back

    response = api.unlock(alice, achievement, unlocked_at=moment.isoformat())

    if code is None:
        assert response.status_code == status
        assert Unlock.objects.get().unlocked_at == moment
    else:
        assert assert_problem(response, status, code)["errors"][0]["pointer"] == "/unlocked_at"


def test_unknown_player_is_not_found(api: Api, achievement: Achievement) -> None:
    body = {"player_id": str(uuid4()), "achievement_id": str(achievement.id)}

    assert_problem(api.post("achievements/unlock", body), 404, "player_not_found")


def test_another_games_achievement_is_not_found(api: Api, alice: Player) -> None:
    foreign = make_achievement(make_game())

    assert_problem(api.unlock(alice, foreign), 404, "achievement_not_found")


def test_archived_achievement_refuses_new_unlocks_and_keeps_the_old(
    api: Api, alice: Player, bob: Player, achievement: Achievement
) -> None:
    api.unlock(alice, achievement)
    Achievement.objects.filter(pk=achievement.pk).update(state="archived")

    assert api.unlock(bob, achievement).json()["code"] == "achievement_archived"
    assert api.unlock(alice, achievement).status_code == 200
    assert Unlock.objects.count() == 1


def test_draft_is_refused_to_a_live_key(api: Api, alice: Player, game: Game) -> None:
    draft = make_achievement(game, state="draft")

    assert_problem(api.unlock(alice, draft), 409, "achievement_not_published")


def test_a_test_key_unlocks_drafts_apart_from_the_ledger(test_api: Api, alice: Player, game: Game) -> None:
    draft = make_achievement(game, state="draft")

    assert test_api.unlock(alice, draft).status_code == 201
    assert test_api.unlock(alice, draft).status_code == 200
    assert Unlock.objects.count() == 0
    assert SandboxUnlock.objects.count() == 1


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer lk_live_nonsense", "Basic abc", "Bearer lk_live_" + "x" * 4000]
)
def test_without_a_valid_key_nothing_is_recorded(
    api: Api, alice: Player, achievement: Achievement, header: str
) -> None:
    api.headers = {"Authorization": header}

    response = api.unlock(alice, achievement)

    assert_problem(response, 401, "invalid_key")
    assert response["WWW-Authenticate"] == "Bearer"


def test_a_revoked_key_learns_when_it_was_revoked(api: Api, alice: Player, achievement: Achievement) -> None:
    ApiKey.objects.update(revoked_at=now().replace(year=2026, month=5, day=3))

    body = assert_problem(api.unlock(alice, achievement), 401, "key_revoked")

    assert body["detail"] == "This key was revoked on 3 May 2026. Create a new one under Keys."


@pytest.mark.parametrize("body", ["{", '{"player_id": NaN}', b"\xff\xfe"])
def test_malformed_json_is_a_clear_problem(api: Api, body: Any) -> None:
    assert_problem(api.post("achievements/unlock", body), 400, "malformed_json")


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"player_id": "42"}, "/player_id"),
        ({"player_id": None}, "/player_id"),
        ({"achievement_id": "lower case"}, "/achievement_id"),
        ({"achievement_id": 7}, "/achievement_id"),
        ({"unlocked_at": "yesterday"}, "/unlocked_at"),
        ({"unlocked_at": 1700000000}, "/unlocked_at"),
        ({"unlockedAt": None}, "/unlockedAt"),
    ],
)
def test_a_wrong_member_is_pointed_at(
    api: Api, alice: Player, achievement: Achievement, fields: dict[str, Any], pointer: str
) -> None:
    body = {"player_id": str(alice.id), "achievement_id": str(achievement.id), **fields}

    problem = assert_problem(api.post("achievements/unlock", body), 400, "invalid")

    assert [error["pointer"] for error in problem["errors"]] == [pointer]


@pytest.mark.parametrize("body", [[], "text", 1, None])
def test_a_body_that_is_no_object_is_refused(api: Api, body: Any) -> None:
    assert_problem(api.post("achievements/unlock", dumps(body)), 400, "invalid")


def test_other_content_types_are_refused(api: Api) -> None:
    response = api.post("achievements/unlock", "a=1", content_type="application/x-www-form-urlencoded")

    assert_problem(response, 415, "unsupported_media_type")


def test_a_body_over_the_limit_is_refused(api: Api) -> None:
    body = '{"player_id": "' + "x" * (1024 * 1024) + '"}'

    assert_problem(api.post("achievements/unlock", body), 413, "body_too_large")


def test_wrong_method_and_unknown_path_are_problems(api: Api) -> None:
    assert_problem(api.get("achievements/unlock"), 405, "method_not_allowed")
    assert_problem(api.get("nothing/here"), 404, "not_found")


def test_batch_answers_each_item_in_order_and_a_bad_one_fails_alone(
    api: Api, alice: Player, bob: Player, game: Game
) -> None:
    first, second = make_achievement(game, points=10), make_achievement(game, points=20)
    items = [
        {"player_id": str(bob.id), "achievement_id": second.key},
        {"player_id": "nobody", "achievement_id": str(first.id)},
        {"player_id": str(alice.id), "achievement_id": str(first.id)},
        {"player_id": str(uuid4()), "achievement_id": str(first.id)},
        {"player_id": str(alice.id), "achievement_id": str(first.id)},
        {"player_id": str(alice.id), "achievement_id": str(second.id), "unlocked_at": "2001-01-01T00:00:00Z"},
        17,
    ]

    response = api.post("achievements/unlock/batch", {"unlocks": items})

    assert response.status_code == 200
    results = response.json()["results"]
    assert [item["index"] for item in results] == [0, 1, 2, 3, 4, 5, 6]
    assert [item["status"] for item in results] == [201, 400, 201, 404, 200, 400, 400]
    assert [item.get("points") for item in results] == [20, None, 10, None, 10, None, None]
    assert results[4]["unlocked_at"] == results[2]["unlocked_at"]
    assert results[5]["error"]["code"] == "unlocked_at_too_old"
    assert Unlock.objects.count() == 2


def test_a_batch_is_one_statement(api: Api, game: Game, django_assert_num_queries: Any) -> None:
    achievement = make_achievement(game)
    players = [make_player() for _ in range(50)]
    items = [{"player_id": str(player.id), "achievement_id": str(achievement.id)} for player in players]
    api.get("leaderboards/global")
    api.unlock(players[0], achievement)

    with django_assert_num_queries(1):
        response = api.post("achievements/unlock/batch", {"unlocks": items})

    assert [item["status"] for item in response.json()["results"]] == [200] + [201] * 49


def test_a_batch_of_a_thousand_and_one_is_refused_whole(api: Api, alice: Player, achievement: Achievement) -> None:
    item = {"player_id": str(alice.id), "achievement_id": str(achievement.id)}

    assert_problem(api.post("achievements/unlock/batch", {"unlocks": [item] * 1001}), 400, "batch_too_large")


@pytest.mark.parametrize("body", [{}, {"unlocks": []}, {"unlocks": {}}, []])
def test_an_empty_batch_is_refused(api: Api, body: Any) -> None:
    assert_problem(api.post("achievements/unlock/batch", dumps(body)), 400, "invalid")


def test_a_key_of_one_game_cannot_read_a_repeat_of_another(api: Api, alice: Player, achievement: Achievement) -> None:
    api.unlock(alice, achievement)
    stranger = Api(make_key(make_game()))

    assert stranger.unlock(alice, achievement).json()["code"] == "achievement_not_found"
