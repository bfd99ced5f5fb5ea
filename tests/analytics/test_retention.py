"""What is retained for how long, and who counts as inactive."""

from datetime import timedelta
from typing import Any

import pytest

from apps.analytics.models import CompletionHistory, GameStatistic, PlaySession, PlayTime
from apps.analytics.statistics.definitions import STATISTICS
from apps.core.background.scheduled_jobs import dry_run, find_job, run_due
from apps.core.clock import now
from apps.core.models import IdempotencyRecord
from apps.games.models import Achievement, Game
from apps.notifications.models import Inbox, Notification
from apps.players.models import Player
from apps.unlocks.models import Unlock
from tests.factories import make_account, make_player

pytestmark = pytest.mark.django_db(transaction=True)
YEAR = timedelta(days=366)


def run(name: str) -> None:
    assert run_due(find_job(name))


def aged(player: Player, achievement: Achievement, age: timedelta, **fields: Any) -> Player:
    """Have a player with an unlock of that age, and nothing since."""
    moment = now() - age
    columns = {"definition_version": 1, "points": 10, "source": 1, "unlocked_at": moment, "recorded_at": moment}
    Unlock.objects.create(player=player, achievement=achievement, game_id=achievement.game_id, **{**columns, **fields})
    Player.objects.filter(pk=player.pk).update(created_at=moment)
    return player


def test_inactive_is_who_has_unlocks_and_a_year_of_nothing(achievement: Achievement) -> None:
    inactive = aged(make_player(), achievement, YEAR)
    aged(make_player(), achievement, YEAR - timedelta(days=2))
    aged(make_player(), achievement, YEAR, recorded_at=now())
    aged(make_player(account=make_account(last_login=now())), achievement, YEAR)
    playing = aged(make_player(), achievement, YEAR)
    PlayTime.objects.create(
        player=playing, game_id=achievement.game_id, seconds=1, session_count=1, last_played_at=now()
    )
    Player.objects.filter(pk=make_player().pk).update(created_at=now() - YEAR)

    run("archive_unlocks")

    assert [player.pk for player in Player.objects.exclude(archived_at=None)] == [inactive.pk]


def test_old_sessions_go_and_what_they_added_up_to_stays(alice: Player, game: Game) -> None:
    for days in (10, 399, 430):
        PlaySession.objects.create(
            player=alice, game=game, session_id=str(days), seconds=60,
            ended_at=now() - timedelta(days=days), recorded_at=now(),
        )  # fmt: skip
    PlayTime.objects.create(player=alice, game=game, seconds=180, session_count=3, last_played_at=now())

    counts = dry_run(find_job("trim_analytics"), now(), chunks_max=10, progress=lambda counts: None)
    assert counts == {"play_sessions_trimmed": 1}
    assert PlaySession.objects.count() == 3
    run("trim_analytics")

    assert sorted(PlaySession.objects.values_list("session_id", flat=True)) == ["10", "399"]
    assert PlayTime.objects.get().seconds == 180


def test_hours_of_games_go_after_thirty_days_and_days_after_three_years(game: Game) -> None:
    for statistic in STATISTICS:
        for days in (1, 31, 1000, 1100):
            GameStatistic.objects.create(
                game_id=game.id, name=statistic.name, slot=now() - timedelta(days=days), label="", value=1
            )

    run("trim_analytics")

    left = {statistic.name: GameStatistic.objects.filter(name=statistic.name).count() for statistic in STATISTICS}
    assert left == {item.name: 1 if item.name.startswith("hourly") else 3 for item in STATISTICS}


def test_rarity_is_retained_for_three_years(achievement: Achievement) -> None:
    today = now().date()
    for days in (1, 1000, 1100):
        CompletionHistory.objects.create(
            achievement_id=achievement.id, day=today - timedelta(days=days), unlock_count=1, player_count=1
        )

    run("trim_analytics")

    left = CompletionHistory.objects.order_by("-day").values_list("day", flat=True)
    assert list(left) == [today - timedelta(days=days) for days in (1, 1000)]


def test_notifications_go_after_half_a_year_and_numbers_go_on(alice: Player) -> None:
    Inbox.objects.create(player=alice, last_seq=2)
    for seq, days in ((1, 181), (2, 179)):
        Notification.objects.create(player=alice, seq=seq, kind="own_unlock", payload={})
        Notification.objects.filter(player=alice, seq=seq).update(created_at=now() - timedelta(days=days))

    run("trim_notifications")

    assert [row.seq for row in Notification.objects.all()] == [2]
    assert Inbox.objects.get().last_seq == 2


def test_responses_stored_for_retries_are_deleted_after_a_day(db: None) -> None:
    for name, hours in (("old", 25), ("young", 23)):
        IdempotencyRecord.objects.create(name=name, body_digest="", status=201, answer=b"")
        IdempotencyRecord.objects.filter(name=name).update(created_at=now() - timedelta(hours=hours))

    run("delete_responses")

    assert [row.name for row in IdempotencyRecord.objects.all()] == ["young"]
