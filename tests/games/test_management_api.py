"""The management API: what a studio's tools and people do to a game, and what they are refused."""

from collections.abc import Callable
from typing import Any

import pytest

from apps.core.api.auth.callers import Scope
from apps.games.models import Achievement, ApiKey, Game, Membership
from apps.players.models import Account, Player
from tests.conftest import Api
from tests.factories import make_account, make_achievement, make_game, make_key

pytestmark = pytest.mark.django_db
FIRST = {"key": "ACH_FIRST", "name": "First", "points": 10}


@pytest.fixture
def tool(game: Game) -> Api:
    """A build server, with a key for definitions."""
    return Api(make_key(game, scopes=[Scope.DEFINITIONS_WRITE]))


@pytest.fixture
def member(game: Game, as_account: Callable[[Account], Api]) -> Callable[[str], Api]:
    def log_in(role: str) -> Api:
        account = make_account()
        Membership.objects.create(studio=game.studio, account=account, role=role)
        return as_account(account)

    return log_in


def manage(game: Game, rest: str = "") -> str:
    return f"manage/games/{game.id}{rest}"


def pointers(response: Any) -> set[tuple[str, str]]:
    return {(error["pointer"], error["code"]) for error in response.json()["errors"]}


def test_an_achievements_whole_life(tool: Api, api: Api, game: Game, alice: Player) -> None:
    made = tool.post(manage(game, "/achievements"), FIRST)
    draft = api.unlock(alice, Achievement.objects.get())
    published = tool.post(manage(game, "/achievements/ACH_FIRST/publish"))
    earned = api.post("achievements/unlock", {"player_id": str(alice.id), "achievement_id": "ACH_FIRST"})
    changed = tool.patch(manage(game, "/achievements/ACH_FIRST"), {"name": "The first", "hidden": True})
    live = tool.post(manage(game, "/achievements/ACH_FIRST/publish"))
    archived = tool.post(manage(game, "/achievements/ACH_FIRST/archive"))

    assert (made.status_code, made.json()["state"], made.json()["version"]) == (201, "draft", 1)
    assert draft.json()["code"] == "achievement_not_published"
    assert published.json()["state"] == "published"
    assert earned.status_code == 201
    assert (changed.json()["name"], changed.json()["hidden"], changed.json()["version"]) == ("The first", True, 1)
    assert (changed.json()["live"]["name"], changed.json()["live"]["hidden"]) == ("First", False)
    assert changed.json()["points"] == 10
    assert (live.json()["live"]["name"], live.json()["changes"], live.json()["version"]) == ("The first", [], 2)
    assert archived.json()["state"] == "archived"
    assert tool.get(manage(game, f"/achievements/{made.json()['id']}")).json() == archived.json()
    assert tool.delete(manage(game, "/achievements/ACH_FIRST")).json()["code"] == "wrong_state"


def test_a_draft_can_be_deleted(tool: Api, game: Game) -> None:
    make_achievement(game, key="ACH_DRAFT", state="draft")

    assert tool.delete(manage(game, "/achievements/ACH_DRAFT")).status_code == 204
    assert tool.delete(manage(game, "/achievements/ACH_DRAFT")).status_code == 404
    assert Achievement.objects.count() == 0


@pytest.mark.parametrize(
    ("body", "refused"),
    [
        ({**FIRST, "key": "the first"}, ("/key", "invalid")),
        ({**FIRST, "points": -1}, ("/points", "min_value")),
        ({**FIRST, "kind": "incremental"}, ("/target", "invalid")),
        ({**FIRST, "target": 5}, ("/target", "invalid")),
        ({**FIRST, "is_hidden": True}, ("/is_hidden", "unknown")),
        ({**FIRST, "points": "10"}, ("/points", "invalid_type")),
        ({"key": "ACH_FIRST", "name": " "}, ("/name", "blank")),
    ],
)
def test_a_wrong_achievement_is_reported_with_its_path_and_creates_none(
    tool: Api, game: Game, body: dict[str, Any], refused: tuple[str, str]
) -> None:
    response = tool.post(manage(game, "/achievements"), body)

    assert response.status_code == 400
    assert refused in pointers(response)
    assert Achievement.objects.count() == 0


def test_everything_wrong_is_reported_at_once(tool: Api, game: Game) -> None:
    response = tool.post(manage(game, "/achievements"), {**FIRST, "key": "the first", "kind": "incremental"})

    assert pointers(response) == {("/key", "invalid"), ("/target", "invalid")}


def test_keys_and_points_stay_as_in_the_portal(tool: Api, game: Game) -> None:
    make_achievement(game, key="ACH_FIRST", points=995)

    assert tool.post(manage(game, "/achievements"), {**FIRST, "points": 5}).json()["code"] == "key_taken"
    over = tool.post(manage(game, "/achievements"), {**FIRST, "key": "ACH_SECOND"})
    fixed = tool.patch(manage(game, "/achievements/ACH_FIRST"), {"key": "ACH_OTHER"})

    assert (over.status_code, over.json()["code"]) == (409, "budget_exceeded")
    assert (fixed.status_code, pointers(fixed)) == (400, {("/key", "fixed")})


def test_a_retry_with_its_idempotency_key_makes_one(tool: Api, game: Game) -> None:
    headers = {"Idempotency-Key": "build-42"}

    first = tool.post(manage(game, "/achievements"), FIRST, headers=headers)
    again = tool.post(manage(game, "/achievements"), FIRST, headers=headers)
    in_capitals = tool.post(
        manage(game, "/achievements").replace(str(game.id), str(game.id).upper()), FIRST, headers=headers
    )
    other = tool.post(manage(game, "/achievements"), {**FIRST, "points": 20}, headers=headers)

    assert (in_capitals.status_code, in_capitals.json()) == (201, first.json())
    assert (first.status_code, again.status_code, other.status_code) == (201, 201, 422)
    assert (again.json(), again.headers["Idempotency-Replayed"]) == (first.json(), "true")
    assert Achievement.objects.count() == 1


def test_the_order_is_the_requested_one(tool: Api, game: Game) -> None:
    first, second, third = (make_achievement(game, key=f"ACH_{n}", position=n) for n in (101, 102, 103))
    make_achievement(game, key="ACH_OLD", position=1, state="archived")

    response = tool.put(manage(game, "/achievements/order"), {"achievements": [str(third.id), first.key, second.key]})

    assert response.status_code == 204
    listed = tool.get(manage(game, "/achievements")).json()["results"]
    assert [row["key"] for row in listed] == ["ACH_103", "ACH_101", "ACH_102", "ACH_OLD"]


def test_an_order_that_is_not_of_each_once_changes_nothing(tool: Api, game: Game) -> None:
    make_achievement(game, key="ACH_101", position=1)
    make_achievement(game, key="ACH_102", position=2)

    response = tool.put(manage(game, "/achievements/order"), {"achievements": ["ACH_102", "ACH_102", "ACH_NONE"]})

    wrong = {("/achievements/1", "duplicate"), ("/achievements/2", "unknown"), ("/achievements", "missing")}
    assert (response.status_code, pointers(response)) == (400, wrong)
    assert list(Achievement.objects.order_by("position").values_list("key", flat=True)) == ["ACH_101", "ACH_102"]


def test_definitions_come_back_as_they_went(tool: Api, game: Game) -> None:
    make_achievement(game, key="ACH_HIDDEN", is_hidden=True, position=1)
    make_achievement(game, key="ACH_STEPS", kind="incremental", target=5, position=2, setter="client", state="draft")

    document = tool.get(manage(game, "/definitions")).json()
    result = tool.put(manage(game, "/definitions"), document).json()

    assert document["game"] == game.slug
    assert [item["target"] for item in document["achievements"]] == [None, 5]
    assert (result["applied"], result["created"], result["changed"]) == (True, [], [])
    assert result["unchanged"] == ["ACH_HIDDEN", "ACH_STEPS"]


def test_a_dry_run_reports_and_changes_nothing(tool: Api, game: Game) -> None:
    make_achievement(game, key="ACH_KNOWN", name="Known", points=10)
    known = {"key": "ACH_KNOWN", "name": "Renamed", "points": 10}
    document = {"format": "laurel.achievements", "version": 1, "achievements": [known, FIRST]}

    dry = tool.put(manage(game, "/definitions?dry_run=true"), document).json()
    before = Achievement.objects.count()
    done = tool.put(manage(game, "/definitions?publish=true"), document).json()

    assert (dry["applied"], done["applied"], before) == (False, True, 1)
    assert {**dry, "applied": True, "changed": [{**dry["changed"][0], "live": True}]} == done
    assert dry["changed"][0]["live"] is False
    assert done["changed"] == [
        {"key": "ACH_KNOWN", "changes": [{"member": "name", "before": "Known", "after": "Renamed"}], "live": True}
    ]
    assert Achievement.objects.get(key="ACH_FIRST").state == "published"


@pytest.mark.parametrize("query", ["", "?dry_run=true"])
def test_a_refused_document_lists_all_that_is_wrong(tool: Api, game: Game, query: str) -> None:
    document = {"format": "laurel.achievements", "version": 1, "achievements": [FIRST, {**FIRST, "points": -1}, {}]}

    response = tool.put(manage(game, f"/definitions{query}"), document)

    assert (response.status_code, response.json()["code"]) == (400, "import_refused")
    assert {"/achievements/1/key", "/achievements/1/points", "/achievements/2/key"} <= {
        error["pointer"] for error in response.json()["errors"]
    }
    assert Achievement.objects.count() == 0


@pytest.mark.parametrize("name", ["²", "٣", "\x00", "a/b~c", ""])
def test_members_with_odd_names_are_refused_by_them(tool: Api, game: Game, name: str) -> None:
    document = {"format": "laurel.achievements", "version": 1, "achievements": [{**FIRST, name: 1}, {**FIRST, name: 1}]}

    response = tool.put(manage(game, "/definitions"), document)

    assert (response.status_code, response.json()["code"]) == (400, "import_refused")
    assert (f"/achievements/0/{name.replace('~', '~0').replace('/', '~1')}", "unknown") in pointers(response)


def test_a_game_is_changed_in_parts(member: Callable[[str], Api], game: Game) -> None:
    editor = member("editor")

    named = editor.patch(manage(game), {"tagline": "Rise with the tide", "accent": "#2F6B4F"})
    fixed = editor.patch(manage(game), {"slug": "another", "tagline": "Lost"})
    hidden = editor.patch(manage(game), {"is_published": False})
    refused = editor.patch(manage(game), {"is_published": True, "name": "Lost"})

    assert (named.json()["tagline"], named.json()["accent"]) == ("Rise with the tide", "#2f6b4f")
    assert named.json()["role"] == "editor"
    assert (fixed.status_code, fixed.json()["code"]) == (409, "slug_fixed")
    assert hidden.json()["is_published"] is False
    assert (refused.status_code, refused.json()["code"]) == (409, "nothing_published")
    assert editor.get(manage(game)).json()["name"] == game.name


def test_a_budget_is_never_below_what_is_used(tool: Api, game: Game) -> None:
    make_achievement(game, points=300)

    assert pointers(tool.patch(manage(game), {"points_budget": 299})) == {("/points_budget", "invalid")}
    assert tool.patch(manage(game), {"points_budget": 300}).json()["points_budget"] == 300


def test_each_role_does_what_it_may(member: Callable[[str], Api], game: Game) -> None:
    viewer, editor, admin = member("viewer"), member("editor"), member("admin")
    key = {"name": "CI", "environment": "live"}

    assert viewer.get(manage(game, "/keys")).status_code == 200
    assert viewer.post(manage(game, "/achievements"), FIRST).json()["code"] == "role_too_low"
    assert editor.post(manage(game, "/achievements"), FIRST).status_code == 201
    assert editor.post(manage(game, "/keys"), key).json()["code"] == "role_too_low"
    assert admin.post(manage(game, "/keys"), key).status_code == 201
    assert ApiKey.objects.count() == 1


def test_others_games_are_nowhere(tool: Api, as_account: Callable[[Account], Api], game: Game) -> None:
    other = make_game()
    stranger = as_account(make_account())

    for path in (manage(other), manage(other, "/achievements"), manage(other, "/definitions")):
        assert tool.get(path).status_code == 404
        assert stranger.get(path).status_code == 404
    assert stranger.get(manage(game, "/keys")).status_code == 404
    assert [row["id"] for row in tool.get("manage/games").json()["results"]] == [str(game.id)]
    assert stranger.get("manage/games").json()["results"] == []


def test_a_key_is_shown_once_and_does_what_its_scopes_say(
    member: Callable[[str], Api], game: Game, anonymous: Api
) -> None:
    owner = member("owner")

    issued = owner.post(
        manage(game, "/keys"), {"name": "CI", "environment": "live", "scopes": ["definitions:write"]}
    ).json()
    made = Api(issued["token"])
    listed = owner.get(manage(game, "/keys")).json()["results"]

    assert made.get(manage(game)).status_code == 200
    assert made.get("games").json()["code"] == "scope_missing"
    assert [row["id"] for row in listed] == [issued["id"]]
    assert "token" not in listed[0]
    revoked = owner.post(manage(game, f"/keys/{issued['id']}/revoke"))
    assert revoked.json()["revoked_at"] == owner.post(manage(game, f"/keys/{issued['id']}/revoke")).json()["revoked_at"]
    assert made.get(manage(game)).json()["code"] == "key_revoked"


@pytest.mark.parametrize(
    ("environment", "scopes"), [("test", ["unlocks:revoke"]), ("live", []), ("live", ["everything"])]
)
def test_a_key_gets_no_scope_that_is_not_its(
    member: Callable[[str], Api], game: Game, environment: str, scopes: list[str]
) -> None:
    response = member("owner").post(manage(game, "/keys"), {"name": "CI", "environment": environment, "scopes": scopes})

    assert response.status_code == 400
    assert {pointer.partition("/0")[0] for pointer, _ in pointers(response)} == {"/scopes"}
    assert ApiKey.objects.count() == 0


def test_games_are_listed_for_everyone(anonymous: Api, api: Api, game: Game) -> None:
    make_achievement(game, points=30)
    make_achievement(game, points=99, state="draft")
    hidden = make_game(name="Hidden", is_published=False)

    listed = anonymous.get("games").json()["results"]

    assert [(row["id"], row["achievement_count"], row["points"]) for row in listed] == [(str(game.id), 1, 30)]
    assert anonymous.get(f"games?q={game.name[2:]}").json()["results"] == listed
    assert anonymous.get(f"games/{hidden.id}").json()["code"] == "game_not_found"
    assert Api(make_key(hidden)).get(f"games/{hidden.slug}").json()["name"] == "Hidden"


def test_a_game_is_read_anew_only_when_it_changed(anonymous: Api, tool: Api, game: Game) -> None:
    first = anonymous.get(f"games/{game.slug}")
    etag = {"If-None-Match": first.headers["ETag"]}

    same = anonymous.get(f"games/{game.slug}", headers=etag)
    tool.patch(manage(game), {"tagline": "New", "has_modes": True})
    changed = anonymous.get(f"games/{game.slug}", headers=etag)

    assert first.json() == {**changed.json(), "tagline": "", "has_modes": False}
    assert [row["has_modes"] for row in anonymous.get("games").json()["results"]] == [True]
    assert (same.status_code, changed.status_code) == (304, 200)


@pytest.mark.parametrize("path", ["games", "manage/games"])
def test_lists_of_games_cost_the_same_at_one_and_at_fifty(
    tool: Api, anonymous: Api, member: Callable[[str], Api], game: Game, path: str, django_assert_num_queries: Any
) -> None:
    caller = member("owner") if path == "manage/games" else anonymous
    with django_assert_num_queries(3 if path == "manage/games" else 2):
        caller.get(path)
    for _ in range(50):
        make_achievement(make_game(studio=game.studio))

    with django_assert_num_queries(3 if path == "manage/games" else 2):
        assert len(caller.get(path).json()["results"]) == 50


def test_the_list_of_achievements_costs_the_same_at_one_and_at_fifty(
    tool: Api, game: Game, django_assert_num_queries: Any
) -> None:
    make_achievement(game)
    tool.get(manage(game, "/achievements"))
    with django_assert_num_queries(2):
        tool.get(manage(game, "/achievements"))
    for _ in range(50):
        make_achievement(game)

    with django_assert_num_queries(2):
        assert len(tool.get(manage(game, "/achievements")).json()["results"]) == 50


def revision(game: Game) -> int:
    return Game.objects.values_list("revision", flat=True).get(pk=game.pk)


def test_every_change_raises_the_revision_and_nothing_else_does(tool: Api, game: Game) -> None:
    document = {"format": "laurel.achievements", "version": 1, "achievements": [{**FIRST, "key": "ACH_OTHER"}]}
    changes: list[Callable[[], Any]] = [
        lambda: tool.post(manage(game, "/achievements"), FIRST),
        lambda: tool.patch(manage(game, "/achievements/ACH_FIRST"), {"name": "New"}),
        lambda: tool.post(manage(game, "/achievements/ACH_FIRST/publish")),
        lambda: tool.put(manage(game, "/definitions"), document),
        lambda: tool.put(manage(game, "/achievements/order"), {"achievements": ["ACH_OTHER", "ACH_FIRST"]}),
        lambda: tool.delete(manage(game, "/achievements/ACH_OTHER")),
        lambda: tool.patch(manage(game), {"tagline": "New"}),
        lambda: tool.patch(manage(game), {"is_published": False}),
    ]

    for number, change in enumerate(changes):
        before = revision(game)
        assert change().status_code < 300, number
        assert revision(game) == before + 1, number
    before = revision(game)
    tool.post(manage(game, "/achievements/ACH_FIRST/publish"))
    tool.patch(manage(game), {"is_published": False})
    tool.patch(manage(game, "/achievements/ACH_FIRST"), {"points": -1})
    tool.get(manage(game))
    assert revision(game) == before
