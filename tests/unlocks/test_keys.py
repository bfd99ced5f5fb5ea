"""Reports name an achievement by its key in any case, on every way in."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.core.models import OutboxEntry
from apps.games.models import Achievement, Game
from apps.players.models import Player
from apps.unlocks.models import Progress, SandboxUnlock, Unlock
from tests.conftest import Api
from tests.factories import make_achievement, make_game
from tests.unlocks.test_repeats import Way, report, wait_until_cached

pytestmark = pytest.mark.django_db(transaction=True)
__all__ = ["report"]
SPELLINGS = ["Istanbul.first-Light", "ISTANBUL.FIRST-LIGHT", "istanbul.first-light"]


@pytest.fixture
def keyed(game: Game) -> Achievement:
    make_achievement(make_game(), key=SPELLINGS[1])
    return make_achievement(game, key=SPELLINGS[0], kind="incremental", target=10)


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_report_names_a_key_in_any_case(report: Way, alice: Player, keyed: Achievement, spelling: str) -> None:
    status, body = report({"player_id": str(alice.id), "achievement_id": spelling})

    assert (status, body["achievement_id"], body["unlocked"]) == (201, str(keyed.id), True)
    assert list(Unlock.objects.values_list("achievement_id", flat=True)) == [keyed.id]


def test_repeats_in_every_spelling_are_answered_from_one_entry(report: Way, alice: Player, keyed: Achievement) -> None:
    _, earned = report({"player_id": str(alice.id), "achievement_id": SPELLINGS[1]})
    wait_until_cached(alice, keyed)
    # If PostgreSQL were queried, it would be earned anew.
    Unlock.objects.all().delete()

    answers = [report({"player_id": str(alice.id), "achievement_id": spelling}) for spelling in SPELLINGS]

    assert answers == [(200, {**earned, "unlocked": False})] * 3
    assert Unlock.objects.count() == 0


@pytest.mark.parametrize("path", ["achievements/unlock/batch", "achievements/progress/batch"])
def test_two_spellings_in_a_batch_are_one_achievement(api: Api, alice: Player, keyed: Achievement, path: str) -> None:
    items: list[dict[str, Any]] = [{"player_id": str(alice.id), "achievement_id": spelling} for spelling in SPELLINGS]
    if "progress" in path:
        items = [{**item, "verb": "unlock"} for item in items]

    with CaptureQueriesContext(connection) as queries:
        answer = api.post(path, {"unlocks" if "unlock" in path.split("/")[1] else "reports": items})

    results = answer.json()["results"]
    assert [item["status"] for item in results] == [201, 200, 200]
    assert {item["achievement_id"] for item in results} == {str(keyed.id)}
    assert Unlock.objects.count() == OutboxEntry.objects.count() == 1
    assert len([query for query in queries if "record_" in query["sql"]]) == 1


def test_progress_in_two_spellings_adds_up(api: Api, alice: Player, keyed: Achievement) -> None:
    reports = [
        {
            "player_id": str(alice.id),
            "achievement_id": spelling,
            "verb": "increment",
            "steps": 2,
            "request_id": spelling,
        }
        for spelling in SPELLINGS
    ]

    answers = [api.post("achievements/progress", item) for item in reports]

    assert [answer.json()["steps"] for answer in answers] == [2, 4, 6]
    assert list(Progress.objects.values_list("achievement_id", "steps")) == [(keyed.id, 6)]


def test_a_test_key_names_a_key_in_any_case(test_api: Api, alice: Player, keyed: Achievement) -> None:
    answer = test_api.post("achievements/unlock", {"player_id": str(alice.id), "achievement_id": SPELLINGS[2]})

    assert answer.status_code == 201
    assert list(SandboxUnlock.objects.values_list("achievement_id", flat=True)) == [keyed.id]


@pytest.mark.parametrize("key", [".", "..", "", "x" * 65, "a b", "\u212astanbul", "ACH\n", " ACH", None, 7])
def test_a_report_of_no_key_is_refused(api: Api, alice: Player, keyed: Achievement, key: object) -> None:
    answer = api.post("achievements/unlock", {"player_id": str(alice.id), "achievement_id": key})

    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "/achievement_id")
    assert not Unlock.objects.exists()
