"""A storm: a thousand players, each followed by fifty, unlock the same common achievement within a minute."""

import random
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from apps.core.background.relay import run_steps_until_empty
from apps.games.models import Achievement, AchievementCompletion, Game
from apps.notifications.friends import fan_out, grouping
from apps.notifications.models import FanOutEntry, FriendRateLimit, FriendWaiting, Notification
from apps.players.models import Follow, Player
from apps.unlocks.actions import record_unlocks
from apps.unlocks.reports import Report
from tests.factories import make_achievement

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.full, pytest.mark.timeout(300)]

PLAYERS, FOLLOWERS = 1_000, 50
MOMENT = datetime(2026, 11, 25, 20, 0, tzinfo=UTC)
# Work is done four times a second, as the relay has it done.
TICK = timedelta(seconds=0.25)


@pytest.fixture
def common(game: Game) -> Achievement:
    achievement = make_achievement(game, name="First steps")
    # One more, so that nobody completes the game with it.
    make_achievement(game)
    AchievementCompletion.objects.create(achievement=achievement, player_count=1_000, unlock_count=900, share=0.9)
    return achievement


@pytest.fixture
def friends(db: None) -> list[Player]:
    """Each follows the fifty after them, in a ring."""
    players = Player.objects.bulk_create(
        Player(handle=f"p{number}", display_name=f"P {number}", region="EU") for number in range(PLAYERS)
    )
    Follow.objects.bulk_create(
        Follow(follower=player, followed=players[(number + step) % PLAYERS])
        for number, player in enumerate(players)
        for step in range(1, FOLLOWERS + 1)
    )
    return players


def work() -> None:
    for queue in (fan_out.fan_out, grouping.send_grouped):
        while queue.work():
            pass


def test_a_storm_is_sent_in_few_messages_and_nothing_is_lost(
    friends: list[Player], common: Achievement, time_machine: Any
) -> None:
    chance = random.Random(5)
    moments = defaultdict(list)
    for player in friends:
        moments[chance.randrange(240)].append(player)

    for tick in range(240):
        time_machine.move_to(MOMENT + tick * TICK, tick=False)
        if due := moments.pop(tick, None):
            record_unlocks(reports=[Report(common.game_id, player.id, common.id, None, None) for player in due])
            run_steps_until_empty()
        work()
    while (due_at := FriendRateLimit.objects.filter(due_at__gt=MOMENT).order_by("due_at").first()) is not None:
        time_machine.move_to(due_at.due_at, tick=False)
        work()

    rows = list(Notification.objects.exclude(kind="own_unlock").order_by("player_id", "seq"))
    pairs = PLAYERS * FOLLOWERS
    assert 1 - len(rows) / pairs >= 0.7, f"{len(rows)} messages for {pairs}"
    assert Counter(row.kind for row in rows).keys() == {"friend_unlock", "friends_digest"}
    assert_limit_holds(rows)
    assert_each_is_findable_once(rows, friends)
    assert FanOutEntry.objects.count() == FriendWaiting.objects.count() == 0
    assert Notification.objects.filter(kind="own_unlock").count() == PLAYERS


def assert_limit_holds(rows: list[Notification]) -> None:
    """At most five in any sixty seconds for each player."""
    moments = defaultdict(list)
    for row in rows:
        moments[row.player_id].append(row.created_at)
    for times in moments.values():
        assert all(later - earlier >= timedelta(seconds=60) for earlier, later in zip(times, times[5:], strict=False))


def assert_each_is_findable_once(rows: list[Notification], friends: list[Player]) -> None:
    found = Counter(
        (str(row.player_id), item["player_id"])
        for row in rows
        for item in row.items or [{"player_id": row.payload["unlocks"][0]["player"]["id"]}]
    )
    wanted = {
        (str(player.id), str(friends[(number + step) % PLAYERS].id))
        for number, player in enumerate(friends)
        for step in range(1, FOLLOWERS + 1)
    }
    assert found.keys() == wanted
    assert set(found.values()) == {1}
