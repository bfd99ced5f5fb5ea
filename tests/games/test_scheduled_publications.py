"""Publishing at a time to come: done once when it is due, cancelled, or refused where anyone sees why."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from apps.core.api.auth.callers import Scope
from apps.core.background.work_queues import find_work_queue
from apps.games.actions import (
    archive_achievement,
    discard_draft,
    edit_achievement,
    publish_achievement,
    schedule_publication,
    scheduling,
)
from apps.games.actions.scheduling import publish_due
from apps.games.definitions.budget import lock_game
from apps.games.definitions.content import definition_of
from apps.games.models import Achievement, Game, HistoryEntry, ScheduledPublication
from tests.conftest import Api
from tests.factories import make_achievement, make_game, make_key

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
LATER = NOON + timedelta(hours=2)


@pytest.fixture
def tool(game: Game) -> Api:
    return Api(make_key(game, scopes=[Scope.DEFINITIONS_WRITE]))


@pytest.fixture(autouse=True)
def noon(time_machine: Any) -> None:
    time_machine.move_to(NOON, tick=False)


def manage(game: Game, rest: str = "") -> str:
    return f"manage/games/{game.id}{rest}"


def acts() -> list[tuple[str, datetime, datetime | None]]:
    return list(HistoryEntry.objects.order_by("id").values_list("act", "at", "due_at"))


def test_a_draft_is_published_when_it_is_due_and_not_before(
    tool: Api, anonymous: Api, game: Game, time_machine: Any
) -> None:
    make_achievement(game, key="ACH_FIRST", name="First")
    tool.patch(manage(game, "/achievements/ACH_FIRST"), {"name": "Second"})
    body = tool.post(manage(game, "/achievements/ACH_FIRST/publish"), {"publish_at": "2026-11-25T14:00:00Z"}).json()
    tool.patch(manage(game, "/achievements/ACH_FIRST"), {"name": "Third"})

    time_machine.move_to(LATER - timedelta(seconds=1), tick=False)
    early = publish_due.work()
    time_machine.move_to(LATER + timedelta(minutes=9), tick=False)
    waiting_since = find_work_queue("publish_due").waiting_since()
    done = [publish_due.work(), publish_due.work()]

    assert (body["publication"]["publish_at"], body["live"]["name"]) == ("2026-11-25T14:00:00Z", "First")
    assert (early, waiting_since, done) == (0, LATER, [1, 0])
    assert anonymous.get(f"games/{game.id}/achievements").json()["results"][0]["name"] == "Third"
    assert acts()[-1] == ("published", LATER + timedelta(minutes=9), LATER)
    assert [act for act, _, _ in acts()] == ["found", "edited", "scheduled", "edited", "published"]
    assert tool.get(manage(game, "/achievements/ACH_FIRST")).json()["publication"] is None
    assert HistoryEntry.objects.order_by("-id")[0].by.startswith("key:")


def test_all_changes_of_a_game_are_published_when_they_are_due(tool: Api, game: Game, time_machine: Any) -> None:
    make_achievement(game, key="ACH_A", name="A")
    make_achievement(game, key="ACH_NEW", state="draft")
    tool.patch(manage(game, "/achievements/ACH_A"), {"name": "B"})

    body = tool.post(manage(game, "/changes/publish"), {"publish_at": "2026-11-25T14:00:00+00:00"}).json()
    listed = tool.get(manage(game, "/publications")).json()["results"]
    time_machine.move_to(LATER, tick=False)
    publish_due.work()

    assert (body["published"], body["publication"]["achievement_id"]) == ([], None)
    assert listed == [body["publication"]]
    assert dict(Achievement.objects.values_list("name", "state"))["B"] == "published"
    assert Achievement.objects.get(key="ACH_NEW").state == "published"
    assert ScheduledPublication.objects.count() == 0


@pytest.mark.parametrize(
    ("publish_at", "code"),
    [("2026-11-25T12:00:00Z", "invalid"), ("2027-11-27T12:00:00Z", "invalid"), ("tomorrow", "invalid")],
)
def test_a_time_that_is_not_to_come_is_refused(tool: Api, game: Game, publish_at: str, code: str) -> None:
    make_achievement(game, key="ACH_NEW", state="draft")

    response = tool.post(manage(game, "/achievements/ACH_NEW/publish"), {"publish_at": publish_at})

    assert (response.status_code, response.json()["errors"][0]["code"]) == (400, code)
    assert response.json()["errors"][0]["pointer"] == "/publish_at"
    assert ScheduledPublication.objects.count() == 0


def test_what_has_nothing_to_publish_is_not_scheduled(tool: Api, game: Game) -> None:
    make_achievement(game, key="ACH_FIRST")
    at = {"publish_at": LATER.isoformat()}

    answers = [
        tool.post(manage(game, "/achievements/ACH_FIRST/publish"), at),
        tool.post(manage(game, "/changes/publish"), at),
    ]

    assert [answer.json()["code"] for answer in answers] == ["nothing_to_publish"] * 2
    assert ScheduledPublication.objects.count() == 0


def test_a_later_time_takes_the_place_of_an_earlier_one_and_can_be_cancelled(
    tool: Api, game: Game, time_machine: Any
) -> None:
    make_achievement(game, key="ACH_NEW", state="draft")
    address = manage(game, "/achievements/ACH_NEW/publish")
    tool.post(address, {"publish_at": LATER.isoformat()})
    second = tool.post(address, {"publish_at": (LATER + timedelta(days=1)).isoformat()}).json()["publication"]

    cancelled = tool.delete(manage(game, f"/publications/{second['id']}"))
    again = tool.delete(manage(game, f"/publications/{second['id']}"))
    time_machine.move_to(LATER + timedelta(days=2), tick=False)

    assert (cancelled.status_code, again.status_code, publish_due.work()) == (204, 404, 0)
    assert [act for act, _, _ in acts()] == ["scheduled", "scheduled", "cancelled"]
    assert Achievement.objects.get().state == "draft"


def test_what_became_invalid_is_refused_and_says_why(tool: Api, time_machine: Any) -> None:
    game = make_game(points_budget=100)
    tool = Api(make_key(game, scopes=[Scope.DEFINITIONS_WRITE]))
    archived = make_achievement(game, key="ACH_OLD", points=60, state="archived")
    schedule_publication(game=game, achievement=archived, publish_at=LATER, by="key:1")
    make_achievement(game, key="ACH_OTHER", points=50)
    time_machine.move_to(LATER, tick=False)

    worked = [publish_due.work(), publish_due.work()]

    body = tool.get(manage(game, "/achievements/ACH_OLD")).json()
    why = 'The set "Base game" would have 110 points in all; its budget is 100.'
    assert worked == [1, 0]
    assert (body["state"], body["publication"]["refused_at"]) == ("archived", "2026-11-25T14:00:00Z")
    assert body["publication"]["refusal"] == {"code": "budget_exceeded", "detail": why}
    entry = HistoryEntry.objects.order_by("-id")[0]
    assert (entry.act, entry.detail, entry.due_at, entry.by) == ("refused", why, LATER, "")
    assert find_work_queue("publish_due").waiting_since() is None
    again = tool.post(
        manage(game, "/achievements/ACH_OLD/publish"), {"publish_at": (LATER + timedelta(hours=1)).isoformat()}
    )
    assert again.json()["publication"]["refusal"] is None


def test_changes_that_are_gone_when_they_are_due_are_refused(game: Game, time_machine: Any) -> None:
    draft = make_achievement(game, state="draft")
    schedule_publication(game=game, publish_at=LATER)
    publish_achievement(achievement=draft)
    time_machine.move_to(LATER, tick=False)

    publish_due.work()

    assert ScheduledPublication.objects.get().refusal_code == "nothing_to_publish"


@pytest.mark.parametrize("act", ["publish", "archive", "discard"])
def test_a_publication_to_come_ends_with_what_it_was_to_publish(game: Game, time_machine: Any, act: str) -> None:
    achievement = make_achievement(game, name="First")
    edit_achievement(achievement=achievement, definition=definition_of(achievement), icon="a.png")
    schedule_publication(game=game, achievement=achievement, publish_at=LATER)

    {"publish": publish_achievement, "archive": archive_achievement, "discard": discard_draft}[act](
        achievement=achievement
    )

    assert ScheduledPublication.objects.count() == 0
    time_machine.move_to(LATER, tick=False)
    assert publish_due.work() == 0


def test_an_edit_back_to_what_is_live_ends_the_publication_to_come(tool: Api, game: Game) -> None:
    make_achievement(game, key="ACH_FIRST", name="First")
    retired = make_achievement(game, key="ACH_OLD", name="Old", state="archived")
    address = manage(game, "/achievements/ACH_FIRST")
    tool.patch(address, {"name": "Second"})
    tool.post(f"{address}/publish", {"publish_at": LATER.isoformat()})
    schedule_publication(game=game, achievement=retired, publish_at=LATER)

    edited = tool.patch(address, {"name": "Third"}).json()["publication"]
    back = tool.patch(address, {"name": "First"}).json()["publication"]
    tool.patch(manage(game, "/achievements/ACH_OLD"), {"name": "Older"})
    old = tool.patch(manage(game, "/achievements/ACH_OLD"), {"name": "Old"}).json()["publication"]

    assert (edited["publish_at"], back) == ("2026-11-25T14:00:00Z", None)
    assert old["publish_at"] == "2026-11-25T14:00:00Z"
    assert ScheduledPublication.objects.get().achievement == retired


def test_a_publication_that_fails_waits_and_holds_up_no_other(
    tool: Api, game: Game, time_machine: Any, monkeypatch: Any
) -> None:
    broken = make_achievement(game, key="ACH_BROKEN", state="draft")
    other = make_achievement(make_game(), state="draft")
    schedule_publication(game=game, achievement=broken, publish_at=LATER)
    schedule_publication(game=other.game, achievement=other, publish_at=LATER + timedelta(seconds=1))
    time_machine.move_to(LATER + timedelta(minutes=5), tick=False)
    save = scheduling.publish_achievement

    def fail_for_one(*, achievement: Achievement, **rest: Any) -> None:
        save(achievement=achievement, **rest)
        if achievement.id == broken.id:
            raise ZeroDivisionError

    monkeypatch.setattr(scheduling, "publish_achievement", fail_for_one)

    worked = [publish_due.work() for _ in range(3)]
    states = dict(Achievement.objects.values_list("pk", "state"))
    shown = tool.get(manage(game, "/publications")).json()["results"]
    monkeypatch.undo()
    time_machine.move_to(LATER + timedelta(minutes=6), tick=False)
    later = [publish_due.work() for _ in range(2)]

    assert (worked, states) == ([1, 1, 0], {broken.id: "draft", other.id: "published"})
    assert [(row["publish_at"], row["refused_at"]) for row in shown] == [("2026-11-25T14:00:00Z", None)]
    assert (later, Achievement.objects.get(pk=broken.pk).state) == ([1, 0], "published")
    assert acts()[-1] == ("published", LATER + timedelta(minutes=6), LATER)


@pytest.mark.django_db(transaction=True)
def test_two_workers_publish_once_and_a_killed_one_leaves_it_due(game: Game, time_machine: Any) -> None:
    achievement = make_achievement(game, state="draft")
    schedule_publication(game=game, achievement=achievement, publish_at=LATER)
    time_machine.move_to(LATER, tick=False)
    worked: list[int] = []

    def work() -> None:
        worked.append(publish_due.work())
        connection.close()

    with transaction.atomic():
        publish_due.work()
        # Another finds it claimed, and waits for nobody.
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
        transaction.set_rollback(True)
    after_the_kill = Achievement.objects.get().state
    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (worked[0], after_the_kill, Achievement.objects.get().state) == (0, "draft", "published")
    assert sum(worked) == 1
    assert HistoryEntry.objects.filter(act="published").count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_worker_waits_for_no_editor_and_publishes_when_they_are_done(game: Game, time_machine: Any) -> None:
    achievement = make_achievement(game, state="draft")
    schedule_publication(game=game, achievement=achievement, publish_at=LATER)
    time_machine.move_to(LATER, tick=False)
    worked: list[int] = []

    def work() -> None:
        worked.append(publish_due.work())
        connection.close()

    with transaction.atomic():
        lock_game(game.id)
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    worked.append(publish_due.work())

    assert worked == [0, 1]
