"""Keys of achievements are what games' code has: in any case, unique in the game without regard to it."""

from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from apps.core.api.auth.callers import Scope
from apps.games.models import Achievement, Game
from apps.players.models import Player
from tests.conftest import Api
from tests.factories import make_achievement, make_game, make_key

pytestmark = pytest.mark.django_db
AN_ID = "019a2b3c-4d5e-7f60-8a9b-0c1d2e3f4a5b"


@pytest.fixture
def tool(game: Game) -> Api:
    """A build server, with a key for definitions and revocations."""
    return Api(make_key(game, scopes=[Scope.DEFINITIONS_WRITE, Scope.UNLOCKS_REVOKE, Scope.READ]))


def listed(game: Game) -> str:
    return f"manage/games/{game.id}/achievements"


def create(tool: Api, game: Game, key: str, **fields: Any) -> Any:
    return tool.post(listed(game), {"key": key, "name": "Named", "points": 10, **fields})


def document(*achievements: dict[str, Any]) -> dict[str, Any]:
    filled = [{"name": "Named", "points": 10, **item} for item in achievements]
    return {"format": "laurel.achievements", "version": 1, "achievements": filled}


def places(response: Any) -> list[tuple[str, str]]:
    return [(error["pointer"], error["code"]) for error in response.json()["errors"]]


# What the API does not read as a UUID is none: Unity names assets by 32 digits.
NEARLY_IDS = [AN_ID[:-1], f"{AN_ID}x", AN_ID.replace("-", "")]
PLAIN = ["a", "7", "null", "NULL", "firstLight", "first.light", "first-light", "first_light", "-", "_", "..a", "x" * 64]


@pytest.mark.parametrize("key", [*PLAIN, *NEARLY_IDS])
def test_a_key_as_code_has_it_is_stored_and_found_as_it_was_given(
    tool: Api, api: Api, game: Game, alice: Player, key: str
) -> None:
    made = create(tool, game, key)
    published = tool.post(f"{listed(game)}/{key}/publish")
    earned = api.post("achievements/unlock", {"player_id": str(alice.id), "achievement_id": key})
    read = api.get(f"games/{game.id}/achievements/{key}")

    assert [made.status_code, published.status_code, earned.status_code, read.status_code] == [201, 200, 201, 200]
    assert made.json()["key"] == published.json()["key"] == read.json()["key"] == key
    assert Achievement.objects.get().key == key


IDS = [AN_ID, AN_ID.upper(), AN_ID.title()]
ODD = ["", ".", "..", "...", "x" * 65, "a b", "a/b", "é", "\u017f", "\u212a", "A\nH"]


@pytest.mark.parametrize("key", [*ODD, *IDS])
def test_any_other_key_is_refused_wherever_one_is_given(tool: Api, game: Game, key: str) -> None:
    draft = make_achievement(game, key="draft", state="draft")

    answers = [
        (create(tool, game, key), "/key"),
        (tool.patch(f"{listed(game)}/{draft.id}", {"key": key}), "/key"),
        (tool.put(f"manage/games/{game.id}/definitions", document({"key": key})), "/achievements/0/key"),
    ]

    assert [answer.status_code for answer, _ in answers] == [400, 400, 400]
    assert all(pointer in dict(places(answer)) for answer, pointer in answers)
    assert list(Achievement.objects.values_list("key", flat=True)) == ["draft"]


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE", "publish", "archive"])
def test_a_key_leads_to_its_achievement_in_any_case(tool: Api, game: Game, method: str) -> None:
    made = make_achievement(game, key="Istanbul.Light-1", state="draft")
    make_achievement(make_game(), key="istanbul.light-1")

    for spelling in ("ISTANBUL.LIGHT-1", "istanbul.light-1", "Istanbul.Light-1"):
        path = f"{listed(game)}/{spelling}"
        if method in {"publish", "archive"}:
            response = tool.post(f"{path}/{method}")
        else:
            response = tool.request(method, path, {"points": 5} if method == "PATCH" else None)

        assert response.status_code == (204 if method == "DELETE" else 200)
        if method == "DELETE":
            made.save(force_insert=True)
        else:
            assert (response.json()["id"], response.json()["key"]) == (str(made.id), "Istanbul.Light-1")


def test_two_keys_of_a_game_differ_in_more_than_case(tool: Api, game: Game) -> None:
    make_achievement(game, key="FirstLight", state="draft")
    other = make_achievement(game, key="other", state="draft")

    made = create(tool, game, "FIRSTLIGHT")
    renamed = tool.patch(f"{listed(game)}/{other.id}", {"key": "firstlight"})
    elsewhere = make_achievement(make_game(), key="firstLIGHT")

    assert [(answer.status_code, answer.json()["code"]) for answer in (made, renamed)] == [(409, "key_taken")] * 2
    assert elsewhere.key == "firstLIGHT"
    assert set(Achievement.objects.filter(game=game).values_list("key", flat=True)) == {"FirstLight", "other"}


def test_the_database_itself_refuses_a_key_that_differs_in_case_only(game: Game) -> None:
    make_achievement(game, key="ISTANBUL")

    with pytest.raises(IntegrityError), transaction.atomic():
        make_achievement(game, key="istanbul")

    assert Achievement.objects.count() == 1


def test_the_database_folds_keys_as_python_does_in_every_locale(game: Game) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT collation_name FROM information_schema.columns"
            " WHERE table_name = 'achievement' AND column_name = 'key'"
        )
        assert cursor.fetchone() == ("C",)
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = 'achievement_game_key_uniq'")
        assert "lower((key)::text)" in cursor.fetchone()[0]


@pytest.mark.parametrize("state", ["draft", "published", "archived"])
def test_a_key_may_change_its_case_in_any_state(tool: Api, game: Game, state: str) -> None:
    made = make_achievement(game, key="FIRST_LIGHT", state=state)

    changed = tool.patch(f"{listed(game)}/{made.id}", {"key": "first_Light"})

    assert (changed.status_code, changed.json()["key"], changed.json()["version"]) == (200, "first_Light", 1)


def test_the_key_of_a_published_one_changes_in_case_only(tool: Api, game: Game) -> None:
    made = make_achievement(game, key="FIRST_LIGHT")

    changed = tool.patch(f"{listed(game)}/{made.id}", {"key": "second_light"})

    assert (changed.status_code, places(changed)) == (400, [("/key", "fixed")])
    made.refresh_from_db()
    assert made.key == "FIRST_LIGHT"


def test_a_document_names_a_key_once_in_any_case(tool: Api, game: Game) -> None:
    answer = tool.put(f"manage/games/{game.id}/definitions", document({"key": "one"}, {"key": "two"}, {"key": "ONE"}))

    assert (answer.status_code, places(answer)) == (400, [("/achievements/2/key", "duplicate")])
    assert answer.json()["errors"][0]["detail"] == "ONE is already at /achievements/0."
    assert not Achievement.objects.exists()


def test_a_document_finds_achievements_in_any_case_and_may_change_it(tool: Api, game: Game) -> None:
    made = make_achievement(game, key="FIRST_LIGHT", name="Named", points=10)
    other = make_achievement(game, key="Other")

    path = f"manage/games/{game.id}/definitions"
    answer = tool.put(f"{path}?publish=true", document({"key": "firstLight"}, {"key": "first_light"}))

    body = answer.json()
    assert (answer.status_code, body["created"], body["missing"]) == (200, ["firstLight"], ["Other"])
    assert body["changed"] == [
        {
            "key": "first_light",
            "changes": [{"member": "key", "before": "FIRST_LIGHT", "after": "first_light"}],
            "live": True,
        }
    ]
    made.refresh_from_db()
    assert (made.key, other.key, Achievement.objects.count()) == ("first_light", "Other", 3)
    exported = tool.get(path)
    assert {item["key"] for item in exported.json()["achievements"]} == {"first_light", "firstLight", "Other"}
    again = tool.put(path, exported.content)
    assert (again.json()["created"], again.json()["changed"], again.json()["missing"]) == ([], [], [])


def test_an_order_names_keys_in_any_case_and_ids(tool: Api, game: Game) -> None:
    one, two, three = [make_achievement(game, key=key) for key in ("One", "TWO", "three")]

    answer = tool.put(f"{listed(game)}/order", {"achievements": ["THREE", str(one.id).upper(), "two"]})
    twice = tool.put(f"{listed(game)}/order", {"achievements": ["THREE", "three", str(one.id), "two"]})

    assert (answer.status_code, twice.status_code) == (204, 400)
    assert places(twice) == [("/achievements/1", "duplicate")]
    assert list(Achievement.objects.order_by("position")) == [three, one, two]


def test_a_key_that_is_named_like_a_route_is_reached(tool: Api, api: Api, game: Game) -> None:
    made = make_achievement(game, key="order", state="draft")
    path = f"{listed(game)}/order"

    read, changed = tool.get(path), tool.patch(path, {"points": 7})
    published = tool.post(f"{path}/publish")
    shown = api.get(f"games/{game.id}/achievements/order")

    assert [answer.json()["id"] for answer in (read, changed, published, shown)] == [str(made.id)] * 4
    assert tool.put(path, {"achievements": ["order"]}).status_code == 204
    assert (tool.delete(path).json()["code"], tool.post(path, {}).status_code) == ("wrong_state", 405)


def test_a_revocation_names_a_key_in_any_case(tool: Api, api: Api, game: Game, alice: Player) -> None:
    made = make_achievement(game, key="firstLight")
    api.unlock(alice, made)
    path = f"manage/games/{game.id}/revocations"

    unknown = tool.post(path, {"achievement_id": "second", "reason": "A mistake."})
    nobody = tool.post(path, {"achievement_id": str(uuid4()), "reason": "A mistake."})
    made_known = tool.post(path, {"achievement_id": "FIRSTLIGHT", "reason": "A mistake."})

    assert [answer.json().get("code") for answer in (unknown, nobody)] == ["nothing_to_revoke"] * 2
    assert (made_known.status_code, made_known.json()["unlock_count"]) == (201, 1)
    assert made_known.json()["achievement_id"] == str(made.id)
