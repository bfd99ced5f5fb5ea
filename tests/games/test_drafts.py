"""Drafts beside what is live: who sees which, what publishing makes of them, and what their history keeps."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from apps.core.api.auth.callers import Scope
from apps.core.models import OutboxEntry
from apps.games.actions import archive_achievement, edit_achievement, publish_achievement
from apps.games.definitions.content import definition_of
from apps.games.definitions.definition import AchievementDefinition
from apps.games.models import Achievement, AchievementDraft, Game, HistoryEntry
from apps.players.models import Player
from apps.unlocks.models import SandboxUnlock, Unlock
from tests.conftest import Api
from tests.factories import make_achievement, make_game, make_key, make_known, make_player, make_set

pytestmark = pytest.mark.django_db


@pytest.fixture
def tool(game: Game) -> Api:
    return Api(make_key(game, scopes=[Scope.DEFINITIONS_WRITE]))


def manage(game: Game, rest: str = "") -> str:
    return f"manage/games/{game.id}{rest}"


def listed(caller: Api, game: Game) -> list[tuple[Any, ...]]:
    rows = caller.get(f"games/{game.id}/achievements").json()["results"]
    return [(row["name"], row["points"], row["set"]) for row in rows]


def acts(achievement: Achievement | None = None) -> list[str]:
    entries = HistoryEntry.objects.filter(achievement=achievement) if achievement else HistoryEntry.objects.all()
    return list(entries.order_by("id").values_list("act", flat=True))


def test_players_see_what_is_live_and_test_keys_what_is_drafted(
    tool: Api, api: Api, test_api: Api, anonymous: Api, game: Game
) -> None:
    make_set(game, key="ice")
    make_achievement(game, key="ACH_FIRST", name="First", points=10)

    tool.patch(manage(game, "/achievements/ACH_FIRST"), {"name": "The first", "points": 20, "set": "ice"})
    drafted = [listed(caller, game) for caller in (api, anonymous, test_api)]
    tool.post(manage(game, "/achievements/ACH_FIRST/publish"))
    published = [listed(caller, game) for caller in (api, anonymous, test_api)]

    live, draft = [("First", 10, "base")], [("The first", 20, "ice")]
    assert drafted == [live, live, draft]
    assert published == [draft, draft, draft]
    assert AchievementDraft.objects.count() == 0


def test_a_test_unlock_carries_the_drafts_points_and_a_live_one_the_live_ones(
    api: Api, test_api: Api, game: Game, alice: Player
) -> None:
    achievement = make_achievement(game, points=10)
    steps = make_achievement(game, kind="incremental", target=5, points=3)
    tester = make_known(make_player(is_test=True), game, "test")
    edit_achievement(achievement=achievement, definition=drafted(achievement, points=20))
    edit_achievement(achievement=steps, definition=drafted(steps, target=2, points=4))

    live, test = api.unlock(alice, achievement), test_api.unlock(tester, achievement)
    body = {"player_id": str(tester.id), "achievement_id": str(steps.id), "verb": "set_at_least", "steps": 2}
    progress = test_api.post("achievements/progress", body)

    assert (live.json()["points"], test.json()["points"]) == (10, 20)
    assert (progress.json()["target"], progress.json()["unlocked"], progress.json()["points"]) == (2, True, 4)
    assert Unlock.objects.get().points == 10
    assert list(SandboxUnlock.objects.order_by("points").values_list("points", flat=True)) == [4, 20]


def test_who_reports_a_draft_with_a_test_token_is_who_the_draft_lets(token_api: Any, game: Game, alice: Player) -> None:
    achievement = make_achievement(game, setter="server")
    edit_achievement(achievement=achievement, definition=drafted(achievement, setter="client"))
    tester = make_known(make_player(is_test=True), game, "test")

    refused = token_api(alice, game).unlock(alice, achievement)
    recorded = token_api(tester, game, is_test=True).unlock(tester, achievement)

    assert refused.json()["code"] == "set_by_server"
    assert recorded.json()["unlocked"] is True


def test_what_was_earned_with_a_test_key_is_shown_as_it_is_drafted(test_api: Api, game: Game) -> None:
    achievement = make_achievement(game, name="First", is_hidden=False, kind="incremental", target=9)
    tester = make_known(make_player(is_test=True), game, "test")
    body = {"player_id": str(tester.id), "achievement_id": str(achievement.id), "verb": "set_at_least", "steps": 2}
    test_api.post("achievements/progress", body)

    shown = test_api.get(f"players/{tester.id}/progress").json()["results"]
    edit_achievement(achievement=achievement, definition=drafted(achievement, is_hidden=True, target=2))
    hidden = test_api.get(f"players/{tester.id}/progress").json()["results"]
    test_api.unlock(tester, achievement)
    (earned,) = test_api.get(f"players/{tester.id}/unlocks").json()["results"]

    assert [(row["steps"], row["target"]) for row in shown] == [(2, 9)]
    assert hidden == []
    assert (earned["achievement"]["hidden"], earned["achievement"]["target"]) == (True, 2)


def test_the_managed_achievement_shows_both_and_the_difference(tool: Api, game: Game) -> None:
    make_achievement(game, key="ACH_FIRST", name="First", points=10)

    body = tool.patch(manage(game, "/achievements/ACH_FIRST"), {"points": 15, "hidden": True}).json()

    assert (body["points"], body["live"]["points"], body["state"], body["version"]) == (15, 10, "published", 1)
    assert body["changes"] == [
        {"member": "points", "before": 10, "after": 15},
        {"member": "hidden", "before": False, "after": True},
    ]
    assert tool.get(manage(game, "/achievements/ACH_FIRST")).json() == body


def test_a_draft_that_is_what_is_live_is_none(tool: Api, game: Game) -> None:
    make_achievement(game, key="ACH_FIRST", name="First")

    tool.patch(manage(game, "/achievements/ACH_FIRST"), {"name": "Other"})
    before = AchievementDraft.objects.count()
    tool.patch(manage(game, "/achievements/ACH_FIRST"), {"name": "First"})

    assert (before, AchievementDraft.objects.count()) == (1, 0)


def test_a_discarded_draft_is_gone_and_one_that_was_never_published_is_deleted_instead(tool: Api, game: Game) -> None:
    achievement = make_achievement(game, key="ACH_FIRST", name="First")
    make_achievement(game, key="ACH_NEW", state="draft")
    tool.patch(manage(game, "/achievements/ACH_FIRST"), {"name": "Other"})

    discarded = tool.delete(manage(game, "/achievements/ACH_FIRST/draft"))
    again = tool.delete(manage(game, "/achievements/ACH_FIRST/draft"))
    refused = tool.delete(manage(game, "/achievements/ACH_NEW/draft"))

    assert (discarded.json()["name"], discarded.json()["changes"]) == ("First", [])
    assert again.json() == discarded.json()
    assert (refused.status_code, refused.json()["code"]) == (409, "wrong_state")
    assert acts(achievement) == ["found", "edited", "discarded"]


def test_a_draft_whose_points_others_have_taken_is_not_discarded() -> None:
    game = make_game(points_budget=100)
    tool = Api(make_key(game, scopes=[Scope.DEFINITIONS_WRITE]))
    make_achievement(game, key="ACH_A", points=60)
    make_achievement(game, key="ACH_B", points=40)
    make_achievement(game, key="ACH_OLD", points=90, state="archived")
    tool.patch(manage(game, "/achievements/ACH_A"), {"points": 30})
    tool.patch(manage(game, "/achievements/ACH_B"), {"points": 70})
    tool.patch(manage(game, "/achievements/ACH_OLD"), {"points": 5})

    refused = tool.delete(manage(game, "/achievements/ACH_A/draft"))
    archived = tool.delete(manage(game, "/achievements/ACH_OLD/draft"))
    drafts = dict(AchievementDraft.objects.values_list("key", "points"))
    made_room = tool.delete(manage(game, "/achievements/ACH_B/draft"))
    again = tool.delete(manage(game, "/achievements/ACH_A/draft"))

    assert (refused.status_code, refused.json()["code"]) == (409, "budget_exceeded")
    assert drafts == {"ACH_A": 30, "ACH_B": 70}
    assert [answer.status_code for answer in (archived, made_room, again)] == [200, 200, 200]
    assert acts().count("discarded") == 3


def test_all_changes_are_published_at_once_or_none(anonymous: Api) -> None:
    game = make_game(points_budget=100)
    tool = Api(make_key(game, scopes=[Scope.DEFINITIONS_WRITE]))
    make_achievement(game, key="ACH_A", name="A", points=60, position=1)
    make_achievement(game, key="ACH_B", name="B", points=40, position=2)
    make_achievement(game, key="ACH_NEW", name="New", points=0, state="draft", position=3)
    make_achievement(game, key="ACH_OLD", name="Old", points=9, state="archived", position=4)
    tool.patch(manage(game, "/achievements/ACH_A"), {"points": 40})
    tool.patch(manage(game, "/achievements/ACH_B"), {"points": 60})

    pending = [(row["key"], row["live"] is None) for row in tool.get(manage(game, "/changes")).json()["results"]]
    alone = tool.post(manage(game, "/achievements/ACH_B/publish"))
    refused = tool.post(manage(game, "/changes/publish"), {"achievements": ["ACH_B", "ACH_NEW"]})
    before = listed(anonymous, game)
    done = tool.post(manage(game, "/changes/publish"))
    nothing = tool.post(manage(game, "/changes/publish"))

    assert pending == [("ACH_A", False), ("ACH_B", False), ("ACH_NEW", True)]
    assert (alone.json()["code"], refused.json()["code"]) == ("budget_exceeded", "budget_exceeded")
    assert before == [("A", 60, "base"), ("B", 40, "base")]
    assert done.json() == {"published": ["ACH_A", "ACH_B", "ACH_NEW"], "publication": None}
    assert listed(anonymous, game) == [("A", 40, "base"), ("B", 60, "base"), ("New", 0, "base")]
    assert (nothing.status_code, nothing.json()["code"]) == (409, "nothing_to_publish")
    assert Achievement.objects.get(key="ACH_OLD").state == "archived"


def test_named_changes_are_published_alone_and_archived_ones_come_back(tool: Api, game: Game) -> None:
    make_achievement(game, key="ACH_A", state="draft")
    make_achievement(game, key="ACH_B", state="draft")
    old = make_achievement(game, key="ACH_OLD", state="archived")

    done = tool.post(manage(game, "/changes/publish"), {"achievements": ["ach_a", str(old.id)]})
    unknown = tool.post(manage(game, "/changes/publish"), {"achievements": ["ACH_B", "ACH_C"]})

    assert sorted(done.json()["published"]) == ["ACH_A", "ACH_OLD"]
    assert [(error["pointer"], error["code"]) for error in unknown.json()["errors"]] == [("/achievements/1", "unknown")]
    states = dict(Achievement.objects.values_list("key", "state"))
    assert states == {"ACH_A": "published", "ACH_B": "draft", "ACH_OLD": "published"}


def test_points_fit_the_budget_as_drafted_whatever_is_live() -> None:
    game = make_game(points_budget=100)
    tool = Api(make_key(game, scopes=[Scope.DEFINITIONS_WRITE]))
    make_achievement(game, key="ACH_A", points=60)
    make_achievement(game, key="ACH_B", points=40)

    over = tool.patch(manage(game, "/achievements/ACH_B"), {"points": 41})
    tool.patch(manage(game, "/achievements/ACH_A"), {"points": 30})
    fits = tool.patch(manage(game, "/achievements/ACH_B"), {"points": 70})
    lowered = tool.patch(manage(game), {"points_budget": 99})

    assert (over.status_code, over.json()["code"]) == (409, "budget_exceeded")
    assert fits.status_code == 200
    assert lowered.json()["errors"][0]["pointer"] == "/points_budget"


def test_an_edit_of_what_someone_else_has_changed_is_refused(tool: Api, game: Game) -> None:
    make_achievement(game, key="ACH_FIRST", name="First")
    address = manage(game, "/achievements/ACH_FIRST")
    tag = tool.get(address).headers["ETag"]
    all_of_it = tool.get(manage(game, "/changes")).headers["ETag"]

    first = tool.patch(address, {"name": "One"}, headers={"If-Match": f'"x", W/{tag}'})
    second = tool.patch(address, {"name": "Two"}, headers={"If-Match": tag})
    publish = tool.post(f"{address}/publish", headers={"If-Match": tag})
    publish_all = tool.post(manage(game, "/changes/publish"), headers={"If-Match": all_of_it})
    archive = tool.post(f"{address}/archive", headers={"If-Match": tag})
    anyway = tool.post(f"{address}/publish", headers={"If-Match": first.headers["ETag"]})

    assert first.status_code == 200
    for refused in (second, publish, publish_all, archive):
        assert (refused.status_code, refused.json()["code"]) == (412, "changed_meanwhile")
    assert (anyway.json()["live"]["name"], anyway.json()["state"]) == ("One", "published")


def test_a_set_that_a_draft_names_stays(tool: Api, game: Game) -> None:
    make_set(game, key="ice")
    make_achievement(game, key="ACH_FIRST")
    tool.patch(manage(game, "/achievements/ACH_FIRST"), {"set": "ice"})

    refused = tool.delete(manage(game, "/sets/ice"))
    tool.delete(manage(game, "/achievements/ACH_FIRST/draft"))

    assert refused.json()["code"] == "set_in_use"
    assert tool.delete(manage(game, "/sets/ice")).status_code == 204


def test_the_history_says_who_did_what_and_gives_versions_back(tool: Api, game: Game) -> None:
    tool.post(manage(game, "/achievements"), {"key": "ACH_FIRST", "name": "One", "points": 10})
    tool.post(manage(game, "/achievements/ACH_FIRST/publish"))
    tool.patch(manage(game, "/achievements/ACH_FIRST"), {"name": "Two", "points": 20})
    tool.post(manage(game, "/achievements/ACH_FIRST/publish"))
    address = manage(game, "/achievements/ACH_FIRST")

    entries = tool.get(f"{address}/history").json()["results"]
    restored = tool.post(f"{address}/history/{entries[2]['id']}/restore").json()
    again = tool.post(f"{address}/history/{entries[2]['id']}/restore")

    assert [entry["act"] for entry in entries] == ["published", "edited", "published", "created"]
    changes = [{"member": "name", "before": "One", "after": "Two"}, {"member": "points", "before": 10, "after": 20}]
    assert [entry["changes"] for entry in entries] == [changes, changes, [], []]
    assert {entry["by"].partition(":")[0] for entry in entries} == {"key"}
    assert (restored["name"], restored["live"]["name"], restored["points"]) == ("One", "Two", 10)
    assert again.json() == restored
    assert acts() == ["created", "published", "edited", "published", "restored"]
    assert tool.get(manage(game, "/history")).json()["results"][0]["act"] == "restored"
    assert tool.post(f"{address}/history/{game.id}/restore").status_code == 404


def test_a_version_from_before_publishing_comes_back_without_what_is_fixed(tool: Api, game: Game) -> None:
    ice = make_set(game, key="ice")
    new = {"key": "OLD_KEY", "name": "One", "points": 1, "kind": "incremental", "target": 5, "set": "ice"}
    made = tool.post(manage(game, "/achievements"), new).json()
    address = manage(game, f"/achievements/{made['id']}")
    tool.patch(address, {"key": "KEY", "name": "Two", "kind": "one_shot", "set": "base"})
    tool.post(f"{address}/publish")
    tool.delete(manage(game, f"/sets/{ice.id}"))

    first = tool.get(f"{address}/history").json()["results"][-1]
    restored = tool.post(f"{address}/history/{first['id']}/restore").json()

    assert first["definition"]["key"] == "OLD_KEY"
    assert [restored[name] for name in ("name", "key", "kind", "target", "set")] == [
        "One",
        "KEY",
        "one_shot",
        None,
        "base",
    ]


def test_a_history_begins_with_what_was_there_before_it(tool: Api, game: Game) -> None:
    achievement = make_achievement(game, key="ACH_FIRST", name="First", icon="a.png")
    tool.patch(manage(game, "/achievements/ACH_FIRST"), {"name": "Other"})
    tool.post(manage(game, "/achievements/ACH_FIRST/publish"))

    first = HistoryEntry.objects.filter(achievement=achievement).order_by("id")[0]
    restored = tool.post(manage(game, f"/achievements/ACH_FIRST/history/{first.id}/restore")).json()

    assert (first.act, first.by) == ("found", "")
    assert (restored["name"], restored["icon_url"]) == ("First", "/media/a.png")


@pytest.mark.parametrize(
    ("act", "body", "begun"),
    [("archive", {}, ["found", "archived"]), ("publish", {"publish_at": "2026-11-26T12:00:00Z"}, ["scheduled"])],
)
def test_a_history_begins_with_what_was_there_whatever_was_done_before_its_first_change(
    tool: Api, game: Game, time_machine: Any, act: str, body: dict[str, str], begun: list[str]
) -> None:
    time_machine.move_to(datetime(2026, 11, 25, 12, tzinfo=UTC), tick=False)
    achievement = make_achievement(game, key="ACH_FIRST", name="First", state="published" if begun[1:] else "draft")
    address = manage(game, "/achievements/ACH_FIRST")

    tool.post(f"{address}/{act}", body)
    before = acts(achievement)
    tool.patch(address, {"name": "Second"})
    tool.patch(address, {"name": "Third"})
    entries = tool.get(f"{address}/history").json()["results"]
    (found,) = [entry for entry in entries if entry["act"] == "found"]
    restored = tool.post(f"{address}/history/{found['id']}/restore").json()

    assert before == begun
    assert (found["definition"]["name"], restored["name"]) == ("First", "First")


def test_an_archived_ones_draft_waits_until_it_comes_back(tool: Api, game: Game) -> None:
    achievement = make_achievement(game, key="ACH_FIRST", name="First", points=10, state="draft")
    publish_achievement(achievement=achievement)
    archive_achievement(achievement=achievement)

    edited = tool.patch(manage(game, "/achievements/ACH_FIRST"), {"name": "Other"}).json()
    back = tool.post(manage(game, "/achievements/ACH_FIRST/publish")).json()

    assert (edited["name"], edited["live"]["name"], edited["state"]) == ("Other", "First", "archived")
    assert (back["name"], back["live"]["name"], back["state"]) == ("Other", "Other", "published")


@pytest.mark.parametrize(
    ("query", "state", "live", "drafted_name"),
    [("", None, "Old", "New"), ("?publish=true", None, "New", None), ("", "published", "Old", "New")],
)
def test_a_document_changes_drafts_and_says_whether_players_see_it(
    tool: Api, game: Game, query: str, state: str | None, live: str, drafted_name: str | None
) -> None:
    make_achievement(game, key="ACH_FIRST", name="Old", points=10)
    item = {"key": "ACH_FIRST", "name": "New", "points": 10, **({"state": state} if state else {})}
    document = {"format": "laurel.achievements", "version": 1, "achievements": [item]}

    preview = tool.put(manage(game, f"/definitions{query}{'&' if query else '?'}dry_run=true"), document).json()
    result = tool.put(manage(game, f"/definitions{query}"), document).json()
    again = tool.put(manage(game, f"/definitions{query}"), document).json()

    assert result == {**preview, "applied": True}
    assert [(row["key"], row["live"]) for row in result["changed"]] == [("ACH_FIRST", live == "New")]
    assert again["changed"] == []
    achievement = Achievement.objects.select_related("draft").get()
    assert achievement.name == live
    assert getattr(getattr(achievement, "draft", None), "name", None) == drafted_name


def test_a_published_document_drops_the_draft_of_what_is_live_as_it_says(tool: Api, game: Game) -> None:
    make_achievement(game, key="ACH_FIRST", name="Live", points=10)
    tool.patch(manage(game, "/achievements/ACH_FIRST"), {"name": "Older draft", "points": 15})
    item = {"key": "ACH_FIRST", "name": "Live", "points": 10}
    document = {"format": "laurel.achievements", "version": 1, "achievements": [item]}

    preview = tool.put(manage(game, "/definitions?publish=true&dry_run=true"), document).json()
    result = tool.put(manage(game, "/definitions?publish=true"), document).json()
    again = tool.put(manage(game, "/definitions?publish=true"), document).json()
    publish_all = tool.post(manage(game, "/changes/publish"))

    assert result == {**preview, "applied": True}
    ((changed),) = result["changed"]
    assert (changed["live"], result["unchanged"]) == (False, [])
    assert changed["changes"] == [
        {"member": "name", "before": "Older draft", "after": "Live"},
        {"member": "points", "before": 15, "after": 10},
    ]
    assert (again["changed"], publish_all.json()["code"]) == ([], "nothing_to_publish")
    assert list(Achievement.objects.values_list("name", "version")) == [("Live", 1)]
    assert acts() == ["found", "edited", "edited"]


def test_a_document_says_once_that_the_base_set_changed_and_only_where_it_did(tool: Api, game: Game) -> None:
    make_set(game, key="ice")
    make_achievement(game, key="ACH_FIRST", name="First", points=10)
    counts = []

    for query, members in [
        ("", {"name": "Second"}),
        ("?publish=true", {}),
        ("", {"set": "ice"}),
        ("?publish=true", {"set": "ice"}),
        ("", {"state": "archived"}),
    ]:
        items = [{"key": "ACH_FIRST", "name": "Third", "points": 10, **members}]
        document = {"format": "laurel.achievements", "version": 1, "achievements": items}
        assert tool.put(manage(game, f"/definitions{query}"), document).json()["applied"]
        counts.append(OutboxEntry.objects.filter(kind="base_set_changed").count())

    assert counts == [0, 0, 0, 1, 1]
    assert OutboxEntry.objects.filter(kind="achievement_archived").count() == 1


def test_a_state_that_a_document_publishes_takes_the_draft_along(tool: Api, game: Game) -> None:
    make_achievement(game, key="ACH_OLD", name="Old", points=10, state="archived")
    item = {"key": "ACH_OLD", "name": "New", "points": 12, "state": "published"}
    document = {"format": "laurel.achievements", "version": 1, "achievements": [item]}

    result = tool.put(manage(game, "/definitions"), document).json()

    assert [change["member"] for change in result["changed"][0]["changes"]] == ["name", "points", "state"]
    assert result["changed"][0]["live"] is True
    achievement = Achievement.objects.get()
    assert (achievement.name, achievement.points, achievement.state, achievement.version) == ("New", 12, "published", 2)


def test_a_draft_changes_no_revision_and_publishing_does(game: Game) -> None:
    achievement = make_achievement(game, name="First")

    edit_achievement(achievement=achievement, definition=drafted(achievement, name="Other"))
    before = Game.objects.get(pk=game.pk).revision
    publish_achievement(achievement=achievement)

    assert (before, Game.objects.get(pk=game.pk).revision) == (game.revision, game.revision + 1)
    assert Achievement.objects.get().published_at <= datetime.now(UTC)  # type: ignore[operator]


def drafted(achievement: Achievement, **members: Any) -> AchievementDefinition:
    return replace(definition_of(achievement), **members)


@pytest.mark.parametrize("address", ["/achievements/ACH_FIRST/publish", "/changes/publish"])
@pytest.mark.parametrize("body", ["null", "[]", '""', "0", "false"])
def test_a_body_that_is_no_object_publishes_nothing(tool: Api, game: Game, address: str, body: str) -> None:
    first = make_achievement(game, key="ACH_FIRST", state="draft")

    refused = tool.request("POST", manage(game, address), body)

    assert (refused.status_code, refused.json()["code"]) == (400, "invalid")
    first.refresh_from_db()
    assert first.state == "draft"
