"""Sets of achievements in the management API, in documents, and in what everyone reads of a game."""

from collections.abc import Callable
from typing import Any

import pytest

from apps.core.api.auth.callers import Scope
from apps.games.actions import amend_achievement
from apps.games.models import Achievement, AchievementSet, Game, Membership
from apps.players.models import Account, Player
from apps.portal.queries.games import achievement_table
from tests.conftest import Api
from tests.factories import make_account, make_achievement, make_game, make_key, make_set

pytestmark = pytest.mark.django_db(transaction=True)

NORTH = {"key": "frozen-north", "title": "The Frozen North"}
TIMES = {"opens_at": "2026-12-01T00:00:00Z", "closes_at": "2026-12-24T00:00:00Z"}


@pytest.fixture
def tool(game: Game) -> Api:
    return Api(make_key(game, scopes=[Scope.DEFINITIONS_WRITE]))


def manage(game: Game, rest: str = "") -> str:
    return f"manage/games/{game.id}{rest}"


def pointers(response: Any) -> set[tuple[str, str]]:
    return {(error["pointer"], error["code"]) for error in response.json()["errors"]}


def sets_of(game: Game) -> list[tuple[str, str]]:
    return list(AchievementSet.objects.filter(game=game).order_by("position", "id").values_list("key", "kind"))


def test_a_sets_whole_life(tool: Api, game: Game) -> None:
    made = tool.post(manage(game, "/sets"), NORTH)
    event = tool.post(manage(game, "/sets"), {"key": "winter", "title": "Winter", "kind": "event", **TIMES})
    ordered = tool.put(manage(game, "/sets/order"), {"sets": ["winter", "frozen-north"]})
    shown = Api().get(f"games/{game.id}").json()["sets"]
    retired = tool.patch(manage(game, "/sets/winter"), {"kind": "retired"})
    listed = tool.get(manage(game, "/sets")).json()["results"]
    deleted = tool.delete(manage(game, f"/sets/{made.json()['id']}"))

    assert (made.status_code, made.json()["kind"], made.json()["opens_at"]) == (201, "dlc", None)
    assert (event.json()["opens_at"], event.json()["closes_at"]) == tuple(TIMES.values())
    assert shown[1]["opens_at"] == TIMES["opens_at"]
    assert ordered.status_code == 204
    assert (retired.json()["kind"], retired.json()["opens_at"]) == ("retired", None)
    assert [(item["key"], item["kind"]) for item in listed] == [
        ("base", "base"),
        ("winter", "retired"),
        ("frozen-north", "dlc"),
    ]
    assert deleted.status_code == 204
    assert sets_of(game) == [("base", "base"), ("winter", "retired")]


@pytest.mark.parametrize(
    ("body", "refused"),
    [
        ({**NORTH, "kind": "base"}, ("/kind", "fixed")),
        ({**NORTH, "key": "Frozen"}, ("/key", "invalid")),
        ({**NORTH, "key": "order"}, ("/key", "invalid")),
        ({**NORTH, "key": "01a22e59-4cad-7f00-8000-000000000000"}, ("/key", "invalid")),
        ({**NORTH, "title": " "}, ("/title", "blank")),
        ({**NORTH, "kind": "event"}, ("/opens_at", "required")),
        ({**NORTH, **TIMES}, ("/opens_at", "invalid")),
        ({**NORTH, "kind": "event", **TIMES, "closes_at": TIMES["opens_at"]}, ("/closes_at", "invalid")),
    ],
)
def test_a_set_that_is_wrong_is_refused(tool: Api, game: Game, body: dict[str, Any], refused: tuple[str, str]) -> None:
    answer = tool.post(manage(game, "/sets"), body)

    assert answer.status_code == 400
    assert refused in pointers(answer)
    assert sets_of(game) == [("base", "base")]


@pytest.mark.parametrize(
    ("method", "path", "body", "code"),
    [
        ("POST", "/sets", NORTH, (409, "set_key_taken")),
        ("PATCH", "/sets/frozen-north", {"key": "other"}, (409, "set_key_taken")),
        ("PATCH", "/sets/frozen-north", {"kind": "base"}, (400, "fixed")),
        ("PATCH", "/sets/base", {"kind": "dlc"}, (400, "fixed")),
        ("PATCH", "/sets/base", {"key": "main"}, (400, "fixed")),
        ("DELETE", "/sets/base", None, (409, "set_in_use")),
        ("DELETE", "/sets/frozen-north", None, (409, "set_in_use")),
        ("DELETE", "/sets/unknown", None, (404, "not_found")),
        ("PUT", "/sets/order", {"sets": ["frozen-north"]}, (400, "invalid")),
    ],
)
def test_what_would_leave_a_game_without_order_is_refused(
    tool: Api, game: Game, method: str, path: str, body: Any, code: tuple[int, str]
) -> None:
    make_achievement(game, achievement_set=make_set(game, key="frozen-north"))
    make_set(game, "bonus", key="other")
    before = sets_of(game)

    answer = tool.request(method, manage(game, path), body)

    errors = answer.json().get("errors")
    assert (answer.status_code, errors[0]["code"] if errors else answer.json()["code"]) == code
    assert sets_of(game) == before


@pytest.mark.parametrize(("role", "status"), [("viewer", 403), ("editor", 201), (None, 404)])
def test_sets_are_edited_by_who_edits_achievements(
    game: Game, as_account: Callable[[Account], Api], role: str | None, status: int
) -> None:
    account = make_account()
    if role:
        Membership.objects.create(studio=game.studio, account=account, role=role)

    answer = as_account(account).post(manage(game, "/sets"), NORTH)

    assert answer.status_code == status
    assert len(sets_of(game)) == (2 if status == 201 else 1)


def test_another_games_set_is_not_found(tool: Api, game: Game) -> None:
    other = make_set(make_game())

    assert tool.patch(manage(game, f"/sets/{other.id}"), {"title": "Mine"}).status_code == 404
    assert AchievementSet.objects.get(pk=other.pk).title == other.title


def test_achievements_are_made_in_a_set_and_moved_to_another(tool: Api, game: Game) -> None:
    tool.post(manage(game, "/sets"), NORTH)
    made = tool.post(
        manage(game, "/achievements"), {"key": "ACH_ICE", "name": "Ice", "points": 10, "set": "frozen-north"}
    )
    tool.post(manage(game, "/achievements/ACH_ICE/publish"))

    moved = tool.patch(manage(game, "/achievements/ACH_ICE"), {"set": "base"})
    unknown = tool.patch(manage(game, "/achievements/ACH_ICE"), {"set": "nowhere"})
    before = Achievement.objects.get()
    tool.patch(manage(game, "/achievements/ACH_ICE"), {"name": "Thick ice"})
    renamed = tool.post(manage(game, "/achievements/ACH_ICE/publish"))

    assert (made.status_code, made.json()["set"]) == (201, "frozen-north")
    assert (moved.json()["set"], moved.json()["live"]["set"], before.set_kind) == ("base", "frozen-north", "dlc")
    assert (moved.json()["version"], before.version) == (1, 1)
    assert pointers(unknown) == {("/set", "unknown")}
    assert (renamed.json()["set"], renamed.json()["version"]) == ("base", 2)


def test_each_set_has_the_budget_for_itself(tool: Api) -> None:
    game = make_game(points_budget=100)
    tool = Api(make_key(game, scopes=[Scope.DEFINITIONS_WRITE]))
    make_achievement(game, points=90)
    dlc = make_set(game)
    moving = make_achievement(game, achievement_set=dlc, key="ACH_MOVING", points=100)

    full = tool.post(manage(game, "/achievements"), {"key": "ACH_A", "name": "A", "points": 11})
    too_many = tool.patch(manage(game, "/achievements/ACH_MOVING"), {"set": "base"})
    too_low = tool.patch(manage(game), {"points_budget": 99})

    assert (full.json()["code"], too_many.json()["code"]) == ("budget_exceeded", "budget_exceeded")
    assert pointers(too_low) == {("/points_budget", "invalid")}
    assert Achievement.objects.get(pk=moving.pk).achievement_set == dlc


def test_a_studio_reads_its_points_as_its_budget_counts_them() -> None:
    game = make_game(points_budget=100)
    tool = Api(make_key(game, scopes=[Scope.DEFINITIONS_WRITE]))
    dlc = make_set(game, key="north", title="North")
    first, moving = [make_achievement(game, points=40, key=key) for key in ("ACH_FIRST", "ACH_MOVING")]
    make_achievement(game, points=9, state="archived")
    amend_achievement(achievement=first, changes={"points": 35})
    amend_achievement(achievement=moving, changes={"set": "north"})
    make_achievement(game, achievement_set=dlc, points=50, state="draft")

    listed = tool.get(manage(game, "/sets")).json()["results"]
    one = tool.get(manage(game, "/sets/north")).json()
    whole = tool.get(manage(game)).json()
    live = Api().get(f"games/{game.id}").json()["sets"]
    full = tool.post(manage(game, "/achievements"), {"key": "ACH_A", "name": "A", "points": 11, "set": "north"})

    assert [(item["achievement_count"], item["points"]) for item in listed] == [(1, 35), (2, 90)]
    assert one == listed[1]
    assert (whole["achievement_count"], whole["points"]) == (1, 35)
    assert [(item["achievement_count"], item["points"]) for item in live] == [(2, 80), (0, 0)]
    assert [row.points_used for row in achievement_table(game).sets] == [35, 90]
    assert full.json()["detail"] == (
        'The budget of the set "North" is 100 points and 10 of them are left, so 11 do not fit.'
    )


def test_a_game_shows_its_sets_and_counts_its_base_set(api: Api, alice: Player, game: Game) -> None:
    base, dlc = make_achievement(game, points=10), make_set(game, key="frozen-north", title="North")
    ice = make_achievement(game, achievement_set=dlc, points=20)
    make_achievement(game, achievement_set=dlc, state="draft")

    body = Api().get(f"games/{game.slug}").json()
    listed = Api().get("games").json()["results"]
    entries = Api().get(f"games/{game.id}/achievements").json()["results"]
    api.unlock(alice, ice)
    (unlock,) = api.get(f"players/{alice.id}/unlocks").json()["results"]

    assert (body["achievement_count"], body["points"]) == (1, 10)
    assert [(item["key"], item["kind"], item["achievement_count"], item["points"]) for item in body["sets"]] == [
        ("base", "base", 1, 10),
        ("frozen-north", "dlc", 1, 20),
    ]
    assert listed == [body]
    assert {item["id"]: item["set"] for item in entries} == {str(base.id): "base", str(ice.id): "frozen-north"}
    assert unlock["achievement"]["set"] == "frozen-north"


def test_a_players_completion_is_counted_set_by_set(
    api: Api, alice: Player, game: Game, relay: Callable[[], int], boards: None
) -> None:
    dlc, old = make_set(game, key="north"), make_set(game, key="old")
    first, _ = [make_achievement(game, points=10) for _ in range(2)]
    ice, gone = (make_achievement(game, achievement_set=item, points=5) for item in (dlc, old))
    for achievement in (first, ice, gone):
        api.unlock(alice, achievement)
    AchievementSet.objects.filter(pk=old.pk).update(kind="retired")
    relay()

    body = Api().get(f"players/{alice.id}/games/{game.id}/completion").json()

    members = ("key", "achievement_count", "total_achievements", "points", "total_points", "completion_percentage")
    assert [tuple(item[name] for name in members) for item in body["sets"]] == [
        ("base", 1, 2, 10, 20, 50.0),
        ("north", 1, 1, 5, 5, 100.0),
        ("old", 1, None, 5, None, None),
    ]
    assert body["crown"] is None


def document(game: Game, **changes: Any) -> dict[str, Any]:
    return {
        "format": "laurel.achievements",
        "version": 1,
        "sets": [
            {"key": "base", "title": "Main story"},
            {**NORTH, "kind": "dlc"},
            {"key": "winter", "title": "Winter", "kind": "event", **TIMES},
        ],
        "achievements": [
            {"key": "ACH_A", "name": "A", "points": 10},
            {"key": "ACH_ICE", "name": "Ice", "points": 10, "set": "frozen-north"},
        ],
        **changes,
    }


def test_a_document_makes_sets_and_gives_them_back(tool: Api, game: Game) -> None:
    first = tool.put(manage(game, "/definitions"), document(game)).json()
    exported = tool.get(manage(game, "/definitions")).json()
    again = tool.put(manage(game, "/definitions"), exported).json()
    other = make_game()
    elsewhere = Api(make_key(other, scopes=[Scope.DEFINITIONS_WRITE]))
    elsewhere.put(manage(other, "/definitions"), {**exported, "game": None})

    assert (first["sets_created"], first["sets_changed"]) == (["frozen-north", "winter"], ["base"])
    assert (again["sets_created"], again["sets_changed"], again["changed"]) == ([], [], [])
    assert [item["title"] for item in exported["sets"]] == ["Main story", "The Frozen North", "Winter"]
    assert exported["sets"][2]["closes_at"] == TIMES["closes_at"]
    assert {item["key"]: item["set"] for item in exported["achievements"]} == {
        "ACH_A": "base",
        "ACH_ICE": "frozen-north",
    }
    assert elsewhere.get(manage(other, "/definitions")).json() == {**exported, "game": other.slug}


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({"sets": []}, ("/achievements/1/set", "unknown")),
        ({"sets": [NORTH, NORTH]}, ("/sets/1/key", "duplicate")),
        ({"sets": [{**NORTH, "kind": "base"}]}, ("/sets/0/kind", "fixed")),
        ({"sets": [{**NORTH, "kind": "event"}]}, ("/sets/0/opens_at", "required")),
        ({"sets": [{**NORTH, "opens_at": "soon"}]}, ("/sets/0/opens_at", "invalid")),
        ({"sets": [{"key": "frozen-north"}]}, ("/sets/0/title", "required")),
        ({"sets": "frozen-north"}, ("/sets", "invalid_type")),
    ],
)
def test_a_document_with_wrong_sets_writes_nothing(
    tool: Api, game: Game, changes: dict[str, Any], refused: tuple[str, str]
) -> None:
    answer = tool.put(manage(game, "/definitions"), document(game, **changes))

    assert answer.status_code == 400
    assert refused in pointers(answer)
    assert sets_of(game) == [("base", "base")]
    assert not Achievement.objects.exists()


def test_a_document_without_sets_is_read_and_moves_nothing(tool: Api, game: Game) -> None:
    make_achievement(game, achievement_set=make_set(game, key="frozen-north"), key="ACH_ICE", name="Ice")
    plain = document(game, achievements=[{"key": "ACH_ICE", "name": "Ice", "points": 10}])
    del plain["sets"]

    answer = tool.put(manage(game, "/definitions"), plain).json()

    assert (answer["unchanged"], answer["changed"]) == (["ACH_ICE"], [])
    assert Achievement.objects.get().achievement_set.key == "frozen-north"
