"""What a studio reads of its game over time."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from apps.analytics.statistics.definitions import STATISTICS
from apps.core.background.scheduled_jobs import find_job, run_due
from apps.games.models import Game
from apps.players.models import Account, Player
from tests.conftest import Api
from tests.factories import make_account, make_achievement, make_studio

pytestmark = pytest.mark.django_db(transaction=True)

NOON = datetime.now(UTC).replace(hour=12, minute=30, second=0, microsecond=0) - timedelta(days=1)
Relay = Callable[[], int]
AsAccount = Callable[[Account], Api]


@pytest.fixture
def studio(game: Game, as_account: AsAccount) -> Api:
    owner = make_account()
    game.studio.memberships.create(account=owner, role="owner")
    return as_account(owner)


def run_jobs(moment: datetime) -> None:
    names = ["fill_player_statistics", *(statistic.job_name for statistic in STATISTICS), "refresh_completion_rates"]
    with time_machine.travel(moment, tick=False):
        for name in names:
            assert run_due(find_job(name), moment=moment)


def read(api: Api, game: Game, interval: str, since: datetime) -> list[dict[str, Any]]:
    path = f"manage/games/{game.id}/statistics?interval={interval}&start_date={since:%Y-%m-%d}"
    results: list[dict[str, Any]] = api.get(path).json()["results"]
    return results


def test_hours_and_days_add_up_offline_play_and_revocations_included(
    api: Api, studio: Api, alice: Player, bob: Player, game: Game, relay: Relay, boards: None
) -> None:
    first, second = make_achievement(game, points=10), make_achievement(game, points=20)
    early = NOON - timedelta(hours=26)
    with time_machine.travel(NOON, tick=False):
        api.unlock(alice, first, unlocked_at=early.isoformat())
        api.unlock(alice, second, unlocked_at=(NOON - timedelta(minutes=50)).isoformat())
        api.unlock(bob, first, unlocked_at=(NOON - timedelta(minutes=40)).isoformat())
        session = {"session_id": "s", "seconds": 5400, "ended_at": (NOON - timedelta(minutes=45)).isoformat()}
        api.post(f"players/{bob.id}/playtime", session)
    relay()
    run_jobs(NOON.replace(minute=16) + timedelta(hours=1))
    run_jobs(NOON.replace(hour=0, minute=16) + timedelta(days=1))

    hours = read(studio, game, "hour", early)
    days = read(studio, game, "day", early)

    assert [(slot["unlock_count"], slot["player_count"], slot["playtime_hours"]) for slot in hours] == [
        (1, 1, 0.0),
        (2, 2, 1.5),
    ]
    assert days[-1] == {
        "recorded_at": NOON.strftime("%Y-%m-%dT00:00:00Z"),
        "unlock_count": 2,
        "points": 30,
        "player_count": 2,
        "playtime_hours": 1.5,
        "players_by_region": {"EU": 1, "NA": 1},
    }

    studio.post(f"manage/games/{game.id}/revocations", {"player_id": str(bob.id), "reason": "A bug"})
    relay()
    run_jobs(NOON + timedelta(days=1, hours=2))

    assert read(studio, game, "day", early)[-1]["unlock_count"] == 1
    assert read(studio, game, "hour", early)[-1]["unlock_count"] == 1


def test_rarity_is_stored_day_by_day(
    api: Api, studio: Api, alice: Player, bob: Player, game: Game, relay: Relay, boards: None
) -> None:
    achievement = make_achievement(game)
    for number, player in enumerate((alice, bob)):
        api.unlock(player, achievement)
        relay()
        run_jobs(NOON + timedelta(days=number))

    path = f"manage/games/{game.id}/statistics?start_date={NOON:%Y-%m-%d}"
    (history,) = studio.get(path).json()["achievements"]

    assert (history["key"], history["set"]) == (achievement.key, "base")
    assert [(day["unlock_count"], day["player_count"]) for day in history["days"]] == [(1, 1), (2, 2)]


def test_a_day_whose_unlocks_were_all_revoked_says_so(
    api: Api, studio: Api, alice: Player, game: Game, relay: Relay, boards: None
) -> None:
    api.unlock(alice, make_achievement(game))
    relay()
    run_jobs(NOON)
    studio.post(f"manage/games/{game.id}/revocations", {"player_id": str(alice.id), "reason": "A bug"})
    relay()
    run_jobs(NOON + timedelta(hours=2))

    (history,) = studio.get(f"manage/games/{game.id}/statistics").json()["achievements"]

    assert [(day["unlock_count"], day["player_count"]) for day in history["days"]] == [(0, 0)]


def test_an_outage_of_days_leaves_no_hole(
    api: Api, studio: Api, alice: Player, game: Game, relay: Relay, boards: None
) -> None:
    first = NOON - timedelta(days=9)
    with time_machine.travel(first, tick=False):
        run_jobs(first)
        api.unlock(alice, make_achievement(game, points=10))
    relay()

    run_jobs(NOON)

    (hour,) = read(studio, game, "hour", first)
    assert (hour["recorded_at"], hour["unlock_count"]) == (first.strftime("%Y-%m-%dT12:00:00Z"), 1)


def test_a_game_without_a_past_has_none(studio: Api, game: Game) -> None:
    body = studio.get(f"manage/games/{game.id}/statistics").json()

    assert (body["results"], body["achievements"], body["interval"]) == ([], [], "day")


def test_another_studios_game_is_not_there_and_questions_are_bounded(
    studio: Api, as_account: AsAccount, game: Game
) -> None:
    stranger = make_account()
    make_studio(owner=stranger)

    assert as_account(stranger).get(f"manage/games/{game.id}/statistics").json()["code"] == "not_found"
    path = f"manage/games/{game.id}/statistics?interval=hour&start_date=2026-01-01&end_date=2026-02-28"
    assert studio.get(path).json()["errors"][0]["pointer"] == "start_date"
