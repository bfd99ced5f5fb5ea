"""What a retired set and an event take, and what they refuse."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from apps.games.models import Achievement, AchievementSet, Game
from apps.players.models import Player
from apps.unlocks.models import Progress, SandboxUnlock, Unlock
from tests.conftest import Api
from tests.factories import make_achievement, make_set

pytestmark = pytest.mark.django_db(transaction=True)

OPENS = datetime(2026, 11, 1, tzinfo=UTC)
CLOSES = datetime(2026, 11, 8, tzinfo=UTC)
DAY, MICROSECOND = timedelta(days=1), timedelta(microseconds=1)


@pytest.fixture
def event(game: Game) -> AchievementSet:
    return make_set(game, "event", opens_at=OPENS, closes_at=CLOSES)


@pytest.fixture
def lantern(game: Game, event: AchievementSet) -> Achievement:
    return make_achievement(game, achievement_set=event, key="ACH_LANTERN")


def code_of(response: Any) -> tuple[int, str]:
    return response.status_code, response.json().get("code", "")


def test_an_achievement_of_a_retired_set_is_refused_and_stays_with_who_has_it(
    api: Api, alice: Player, bob: Player, game: Game
) -> None:
    old = make_set(game)
    achievement = make_achievement(game, achievement_set=old)
    first = api.unlock(alice, achievement).json()["unlocked_at"]
    AchievementSet.objects.filter(pk=old.pk).update(kind="retired")

    refused = api.unlock(bob, achievement)
    repeated = api.unlock(alice, achievement)

    assert code_of(refused) == (409, "achievement_retired")
    assert (repeated.status_code, repeated.json()["unlocked_at"]) == (200, first)
    assert list(Unlock.objects.values_list("player_id", flat=True)) == [alice.id]


def test_a_retired_sets_steps_are_refused(api: Api, alice: Player, game: Game) -> None:
    counted = make_achievement(game, achievement_set=make_set(game, "retired"), kind="incremental", target=3)
    body = {"player_id": str(alice.id), "achievement_id": str(counted.id), "verb": "set_at_least", "steps": 3}

    refused = api.post("achievements/progress", body)

    assert code_of(refused) == (409, "achievement_retired")
    assert not Progress.objects.exists()
    assert not Unlock.objects.exists()


@pytest.mark.parametrize(
    ("earned_at", "sent_at"),
    [
        (OPENS, OPENS),
        (CLOSES - MICROSECOND, CLOSES - MICROSECOND),
        (OPENS, OPENS + 14 * DAY),
        (CLOSES - MICROSECOND, CLOSES + 14 * DAY - MICROSECOND),
    ],
)
def test_an_event_takes_what_was_earned_in_it_for_fourteen_days(
    api: Api, alice: Player, lantern: Achievement, at: Any, earned_at: datetime, sent_at: datetime
) -> None:
    at(sent_at)

    answer = api.unlock(alice, lantern, unlocked_at=earned_at.isoformat())

    assert answer.status_code == 201
    assert Unlock.objects.get().unlocked_at == earned_at


@pytest.mark.parametrize(
    ("earned_at", "sent_at", "code"),
    [
        (None, OPENS - MICROSECOND, (409, "event_not_open")),
        (None, CLOSES, (409, "event_not_open")),
        (OPENS - MICROSECOND, OPENS + DAY, (409, "event_not_open")),
        (CLOSES, CLOSES + DAY, (409, "event_not_open")),
        (CLOSES - MICROSECOND, CLOSES + 14 * DAY, (400, "unlocked_at_too_old")),
    ],
)
def test_an_event_refuses_what_was_earned_outside_of_it_or_comes_too_late(
    api: Api,
    alice: Player,
    lantern: Achievement,
    at: Any,
    earned_at: datetime | None,
    sent_at: datetime,
    code: tuple[int, str],
) -> None:
    at(sent_at)

    answer = api.unlock(alice, lantern, unlocked_at=None if earned_at is None else earned_at.isoformat())

    assert code_of(answer) == code
    assert not Unlock.objects.exists()


def test_steps_of_an_event_count_while_it_is_open(
    api: Api, alice: Player, game: Game, event: AchievementSet, at: Any
) -> None:
    counted = make_achievement(game, achievement_set=event, kind="incremental", target=2)
    report = {"player_id": str(alice.id), "achievement_id": str(counted.id), "verb": "increment", "steps": 1}
    at(CLOSES - MICROSECOND)
    inside = api.post("achievements/progress", {**report, "request_id": "1"})
    at(CLOSES)

    outside = api.post("achievements/progress", {**report, "request_id": "2"})

    assert inside.status_code == 200
    assert code_of(outside) == (409, "event_not_open")
    assert Progress.objects.get().steps == 1


def test_in_a_batch_only_what_is_outside_of_the_event_is_refused(
    api: Api, alice: Player, game: Game, lantern: Achievement, at: Any
) -> None:
    other = make_achievement(game)
    at(CLOSES)
    items = [{"player_id": str(alice.id), "achievement_id": str(item.id)} for item in (lantern, other)]

    results = api.post("achievements/unlock/batch", {"unlocks": items}).json()["results"]

    assert [item["status"] for item in results] == [409, 201]
    assert results[0]["error"]["code"] == "event_not_open"


def test_test_keys_try_an_event_before_it_opens_and_not_a_retired_set(
    test_api: Api, alice: Player, game: Game, lantern: Achievement, at: Any
) -> None:
    retired = make_achievement(game, achievement_set=make_set(game, "retired"))
    at(OPENS - DAY)

    tried, refused = test_api.unlock(alice, lantern), test_api.unlock(alice, retired)

    assert tried.status_code == 201
    assert code_of(refused) == (409, "achievement_retired")
    assert SandboxUnlock.objects.count() == 1
