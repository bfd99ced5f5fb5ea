"""Unlocks of players inactive for a year: out of the way, still shown, and back with their player."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client

from apps.core.background.relay import run_steps_until_empty
from apps.core.clock import now
from apps.games.models import Achievement, Game
from apps.leaderboards.models import Standing
from apps.players.models import Player
from apps.unlocks import archive
from apps.unlocks.actions import record_unlocks
from apps.unlocks.models import ArchivedUnlock, Unlock
from apps.unlocks.reports import Report, ReportOutcome
from tests.conftest import Api
from tests.factories import make_account, make_achievement, make_game, make_key, make_player

pytestmark = pytest.mark.django_db(transaction=True)
Relay = Callable[[], int]


def archive_players(*players: Player) -> None:
    archive.mark_inactive([player.id for player in players], now())
    archive.move_settled(now() + 2 * archive.SETTLED_AFTER, players_max=100)


@pytest.fixture
def archived(api: Api, alice: Player, achievement: Achievement, relay: Relay, boards: None) -> dict[str, Any]:
    """Alice, with an unlock in the archive; what she was answered when she earned it."""
    response: dict[str, Any] = api.unlock(alice, achievement).json()
    relay()
    archive_players(alice)
    assert (Unlock.objects.count(), ArchivedUnlock.objects.count()) == (0, 1)
    return response


def test_everything_still_shows_what_was_earned(
    archived: dict[str, Any],
    anonymous: Api,
    api: Api,
    client: Client,
    alice: Player,
    achievement: Achievement,
    game: Game,
) -> None:
    (unlock,) = anonymous.get(f"players/{alice.id}/unlocks").json()["results"]
    (listed,) = anonymous.get(f"games/{game.id}/achievements?player_id={alice.id}").json()["results"]
    dashboard = anonymous.get(f"players/{alice.id}/dashboard").json()

    assert unlock["unlocked_at"] == listed["unlocked_at"] == archived["unlocked_at"]
    assert [item["achievement"]["id"] for item in dashboard["latest_unlocks"]] == [str(achievement.id)]
    assert dashboard["totals"]["points"] == 10
    assert achievement.name in client.get(f"/players/{alice.handle}/").content.decode()
    assert anonymous.get(f"leaderboards/{game.id}").json()["results"][0]["player"]["handle"] == "alice"


def test_a_repeat_brings_everything_back_and_changes_nothing(
    archived: dict[str, Any], api: Api, alice: Player, achievement: Achievement, game: Game, relay: Relay
) -> None:
    other = make_achievement(game)

    repeat = Api(make_key(game)).post(
        "achievements/unlock/batch",
        {
            "unlocks": [
                {"player_id": str(alice.id), "achievement_id": str(item.id)}
                for item in (achievement, other, achievement)
            ]
        },
    )
    relay()

    results = [(item["status"], item["unlocked_at"]) for item in repeat.json()["results"]]
    assert results[0] == results[2] == (200, archived["unlocked_at"])
    assert results[1][0] == 201
    assert (Unlock.objects.count(), ArchivedUnlock.objects.count()) == (2, 0)
    assert Player.objects.get(pk=alice.pk).archived_at is None
    assert Standing.objects.get(player=alice, scope_id=game.id, window="all").unlock_count == 2


def test_progress_of_an_archived_player_brings_them_back(
    archived: dict[str, Any], api: Api, alice: Player, game: Game
) -> None:
    counting = make_achievement(game, kind="incremental", target=5)
    body = {"player_id": str(alice.id), "achievement_id": str(counting.id), "verb": "set_at_least", "steps": 2}

    response = api.post("achievements/progress", body)

    assert (response.status_code, response.json()["steps"]) == (200, 2)
    assert not ArchivedUnlock.objects.exists()


def test_who_was_merged_into_someone_archived_returns_as_them(api: Api, game: Game, relay: Relay) -> None:
    old, player, achievement = make_player(), make_player(), make_achievement(game)
    api.unlock(player, achievement)
    Player.objects.filter(pk=old.pk).update(merged_into=player)
    archive_players(player)

    response = api.unlock(old, achievement)

    assert (response.status_code, response.json()["unlocked"]) == (200, False)
    assert (Unlock.objects.count(), ArchivedUnlock.objects.count()) == (1, 0)


def test_unlocks_in_the_archive_are_revoked_and_restored_like_others(
    archived: dict[str, Any],
    game: Game,
    alice: Player,
    bob: Player,
    achievement: Achievement,
    as_account: Any,
    relay: Relay,
) -> None:
    owner = make_account()
    game.studio.memberships.create(account=owner, role="owner")
    studio = as_account(owner)
    Api(make_key(game)).unlock(bob, achievement)
    relay()

    revoked = studio.post(
        f"manage/games/{game.id}/revocations", {"achievement_id": str(achievement.id), "reason": "A bug"}
    ).json()
    relay()
    gone = (Unlock.objects.count(), ArchivedUnlock.objects.count(), Standing.objects.count())
    studio.post(f"manage/games/{game.id}/revocations/{revoked['id']}/restore")
    relay()

    assert revoked["unlock_count"] == 2
    assert gone == (0, 0, 0)
    assert (Unlock.objects.count(), ArchivedUnlock.objects.count()) == (2, 0)
    back = Unlock.objects.get(player=alice)
    assert back.unlocked_at.isoformat().replace("+00:00", "Z") == archived["unlocked_at"]


def test_nobody_is_moved_before_what_missed_the_mark_is_over(api: Api, alice: Player, achievement: Achievement) -> None:
    api.unlock(alice, achievement)
    archive.mark_inactive([alice.id], now())

    assert archive.move_settled(now() + archive.SETTLED_AFTER - timedelta(seconds=1), players_max=10) == (0, 0)
    assert archive.move_settled(now() + archive.SETTLED_AFTER + timedelta(seconds=1), players_max=10) == (1, 1)


def test_returning_while_being_moved_waits_and_finds_everything(alice: Player, achievement: Achievement) -> None:
    report = Report(achievement.game_id, alice.id, achievement.id, None, None)
    (first,) = record_unlocks(reports=[report])
    archive.mark_inactive([alice.id], now())
    outcomes: list[ReportOutcome] = []

    def come_back() -> None:
        outcomes.extend(record_unlocks(reports=[report]))
        connection.close()

    with transaction.atomic():
        archive.move_settled(now() + 2 * archive.SETTLED_AFTER, players_max=10)
        thread = threading.Thread(target=come_back)
        thread.start()
        thread.join(timeout=0.3)
        assert thread.is_alive()
    thread.join()

    assert (outcomes[0].is_new, outcomes[0].unlocked_at) == (False, first.unlocked_at)
    assert (Unlock.objects.count(), ArchivedUnlock.objects.count()) == (1, 0)


def test_a_test_report_plays_in_the_sandbox_and_brings_nobody_back(
    archived: dict[str, Any], test_api: Api, alice: Player
) -> None:
    draft = make_achievement(make_game())

    assert test_api.unlock(alice, draft).status_code == 404
    assert ArchivedUnlock.objects.count() == 1
    assert run_steps_until_empty() == 0
