"""Friends' unlocks are sent at once, grouped, or in a digest; never too often, never twice, and nothing is lost."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.core.redis.client import client
from apps.games.models import Achievement, AchievementCompletion, Game
from apps.notifications import delivery
from apps.notifications.friends import fan_out, grouping
from apps.notifications.models import FanOutEntry, FriendRateLimit, FriendWaiting, Inbox, Notification, Preference
from apps.players.models import Block, Follow, Player
from apps.unlocks.events import AchievementUnlocked
from tests.factories import make_achievement, make_player

pytestmark = pytest.mark.django_db(transaction=True)

NOON = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
PATIENCE_SECONDS = 20.0
# Hundredths of a second, over two and a half minutes.
ARRIVALS = st.lists(st.integers(0, 15_000).map(lambda number: number / 100), min_size=1, max_size=40)


def seconds(number: float) -> datetime:
    return NOON + timedelta(seconds=number)


@pytest.fixture
def at(time_machine: Any) -> Callable[[float], None]:
    """Move the clock to so many seconds after noon."""

    def move(number: float) -> None:
        time_machine.move_to(seconds(number), tick=False)

    move(0)
    return move


@pytest.fixture
def fan(alice: Player) -> Player:
    return follower_of(alice, handle="fan")


def follower_of(*players: Player, **fields: Any) -> Player:
    fan = make_player(**fields)
    Follow.objects.bulk_create(Follow(follower=fan, followed=player) for player in players)
    return fan


def earn(player: Player, achievement: Achievement, unlocked_at: datetime | None = None) -> AchievementUnlocked:
    event = AchievementUnlocked(player.id, achievement.id, achievement.game_id, 10, unlocked_at or seconds(0))
    fan_out.enqueue_unlocks([event])
    return event


def work() -> None:
    """Do what is due, as workers would."""
    for queue in (fan_out.fan_out, grouping.send_grouped):
        while queue.work():
            pass


def received_by(player: Player) -> list[tuple[str, str]]:
    rows = Notification.objects.filter(player=player).order_by("seq")
    return [(row.kind, unlocked(row)) for row in rows]


def unlocked(row: Notification) -> str:
    """Return what a notification is of, in one word for each: the achievement's name, or how many."""
    names = [unlock["achievement"]["name"] for unlock in row.payload["unlocks"]]
    return names[0] if row.payload["count"] == 1 else str(row.payload["count"])


def rare(achievement: Achievement, share: float = 0.02) -> Achievement:
    AchievementCompletion.objects.create(achievement=achievement, player_count=100, unlock_count=2, share=share)
    return achievement


def named(game: Game, *names: str) -> list[Achievement]:
    return [make_achievement(game, name=name) for name in names]


def test_the_first_unlock_is_sent_at_once(alice: Player, fan: Player, bob: Player, game: Game, at: Any) -> None:
    (deep,) = named(game, "Deep diver")

    earn(alice, deep)
    work()

    (row,) = Notification.objects.all()
    assert (row.player_id, row.seq, row.kind) == (fan.id, 1, "friend_unlock")
    assert row.payload == {
        "count": 1,
        "friend_count": 1,
        "game_count": 1,
        "game": {"id": str(game.id), "slug": game.slug, "name": game.name},
        "unlocks": [
            {
                "player": {"id": str(alice.id), "handle": "alice", "display_name": "Alice", "avatar_url": None},
                "achievement": {"id": str(deep.id), "name": "Deep diver", "icon_url": None},
                "game": {"id": str(game.id), "slug": game.slug, "name": game.name},
                "tier": None,
                "unlocked_at": "2026-11-25T12:00:00Z",
            }
        ],
    }
    assert FanOutEntry.objects.count() == FriendWaiting.objects.count() == 0


def test_what_follows_within_a_second_comes_together(
    alice: Player, bob: Player, charlie: Player, game: Game, at: Any
) -> None:
    fan = follower_of(alice, bob, charlie)
    first, second, third = named(game, "One", "Two", "Three")
    earn(alice, first)
    work()

    at(0.4)
    earn(bob, second)
    earn(charlie, third)
    work()
    before = received_by(fan)
    at(1.1)
    work()

    assert before == [("friend_unlock", "One")]
    assert received_by(fan) == [("friend_unlock", "One"), ("friend_unlock", "2")]
    grouped = Notification.objects.get(seq=2)
    assert grouped.payload["friend_count"] == 2
    assert [(item["player_id"], item["achievement_id"]) for item in grouped.items] == [
        (str(bob.id), str(second.id)),
        (str(charlie.id), str(third.id)),
    ]


def test_several_at_once_are_one_and_a_grouped_rest(alice: Player, fan: Player, game: Game, at: Any) -> None:
    for achievement in named(game, "One", "Two", "Three"):
        earn(alice, achievement)
    work()

    at(1)
    work()

    assert received_by(fan) == [("friend_unlock", "One"), ("friend_unlock", "2")]


@pytest.mark.parametrize(("share", "is_special"), [(0.19, True), (0.009, True), (0.2, False), (0.5, False)])
def test_what_is_rare_or_better_is_sent_while_the_rest_is_grouped(
    alice: Player, fan: Player, game: Game, at: Any, share: float, is_special: bool
) -> None:
    common, late, special = named(game, "Common", "Late", "Special")
    rare(special, share)
    earn(alice, common)
    earn(alice, late)
    work()

    at(0.5)
    earn(alice, special)
    work()

    assert (("friend_unlock", "Special") in received_by(fan)) is is_special
    at(2)
    work()
    assert received_by(fan)[-1] == ("friend_unlock", "Late" if is_special else "2")


def test_over_five_in_a_minute_goes_into_a_digest(alice: Player, fan: Player, game: Game, at: Any) -> None:
    achievements = named(game, *(str(number) for number in range(8)))

    for number, achievement in enumerate(achievements):
        at(number * 5)
        earn(alice, achievement)
        work()
    before = received_by(fan)
    at(25 + 15 * 60 - 1)
    work()
    still = received_by(fan)
    at(25 + 15 * 60)
    work()

    assert before == still == [("friend_unlock", str(number)) for number in range(5)]
    assert received_by(fan)[5:] == [("friends_digest", "3")]
    assert len(Notification.objects.get(seq=6).items) == 3


def test_a_digest_waits_until_the_limit_allows_it(alice: Player, fan: Player, game: Game, at: Any) -> None:
    achievements = named(game, *(str(number) for number in range(12)))
    for number, achievement in enumerate(achievements[:6]):
        at(number * 5)
        earn(alice, achievement)
        work()
    due = 25 + 15 * 60

    # Five more just before the digest is due.
    for number, achievement in enumerate(achievements[6:11]):
        at(due - 10 + number * 2)
        earn(alice, achievement)
        work()
    at(due)
    work()
    held = received_by(fan)
    at(due - 10 + 60)
    work()

    assert held[-1] == ("friend_unlock", "10")
    # The one achievement in it, by its name.
    assert received_by(fan)[-1] == ("friends_digest", "5")


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(
    arrivals=st.lists(st.floats(0, 150).map(lambda number: round(number, 2)), min_size=1, max_size=40), data=st.data()
)
def test_whenever_unlocks_come_the_limit_holds_and_each_is_sent_once(
    alice: Player, game: Game, time_machine: Any, arrivals: list[float], data: st.DataObject
) -> None:
    Notification.objects.all().delete()
    Inbox.objects.all().delete()
    FriendRateLimit.objects.all().delete()
    fan = follower_of(alice)
    special = data.draw(st.sets(st.integers(0, len(arrivals) - 1), max_size=6))
    achievements = named(game, *(str(number) for number in range(len(arrivals))))
    for number in special:
        rare(achievements[number])

    for moment, achievement in zip(sorted(arrivals), achievements, strict=True):
        pass_time(time_machine, until=seconds(moment))
        earn(alice, achievement, seconds(moment))
        work()
    pass_time(time_machine, until=seconds(3600))

    rows = list(Notification.objects.filter(player=fan).order_by("seq"))
    moments = [row.created_at for row in rows]
    assert all(later - earlier >= timedelta(seconds=60) for earlier, later in zip(moments, moments[5:], strict=False))
    names = sorted(item["achievement_id"] for row in rows for item in row.items or single(row))
    assert names == sorted(str(achievement.id) for achievement in achievements)
    assert FriendWaiting.objects.count() == FanOutEntry.objects.count() == 0
    Follow.objects.all().delete()


def single(row: Notification) -> list[dict[str, Any]]:
    return [{"achievement_id": row.payload["unlocks"][0]["achievement"]["id"]}]


def pass_time(time_machine: Any, *, until: datetime) -> None:
    """Do what becomes due, when it does."""
    due = FriendRateLimit.objects.filter(due_at__lte=until).order_by("due_at")
    while moment := due.values_list("due_at", flat=True).first():
        time_machine.move_to(moment, tick=False)
        work()
    time_machine.move_to(until, tick=False)


def choose(player: Player, choice: str) -> None:
    Preference.objects.create(player_id=player.id, kind="friend_unlock", road="inbox", choice=choice)


def test_who_wants_a_digest_gets_no_single_ones(alice: Player, fan: Player, game: Game, at: Any) -> None:
    choose(fan, "digest")
    for achievement in named(game, "One", "Two"):
        earn(alice, achievement)

    work()
    before = received_by(fan)
    at(15 * 60)
    work()

    assert before == []
    assert received_by(fan) == [("friends_digest", "2")]


def test_who_wants_nothing_gets_nothing(alice: Player, fan: Player, game: Game, at: Any) -> None:
    choose(fan, "none")

    earn(alice, named(game, "One")[0])
    work()
    at(3600)
    work()

    assert received_by(fan) == []
    assert FanOutEntry.objects.count() == FriendWaiting.objects.count() == FriendRateLimit.objects.count() == 0


def test_of_a_private_player_nobody_is_notified(alice: Player, fan: Player, game: Game, at: Any) -> None:
    alice.visibility = "private"
    alice.save()

    earn(alice, named(game, "One")[0])
    work()

    assert received_by(fan) == []
    assert FanOutEntry.objects.count() == 0


def test_of_a_player_for_friends_those_are_notified_whom_they_follow_back(
    alice: Player, fan: Player, game: Game, at: Any
) -> None:
    mutual = follower_of(alice)
    Follow.objects.create(follower=alice, followed=mutual)
    alice.visibility = "followers"
    alice.save()

    earn(alice, named(game, "One")[0])
    work()

    assert received_by(fan) == []
    assert received_by(mutual) == [("friend_unlock", "One")]


def test_who_was_blocked_is_not_notified(alice: Player, fan: Player, game: Game, at: Any) -> None:
    Block.objects.create(blocker=alice, blocked=fan)

    earn(alice, named(game, "One")[0])
    work()

    assert received_by(fan) == []


def test_a_hidden_achievement_keeps_its_secret(alice: Player, fan: Player, game: Game, at: Any) -> None:
    earn(alice, make_achievement(game, name="The butler did it", is_hidden=True, icon="icons/butler.png"))

    work()

    (row,) = Notification.objects.all()
    assert row.payload["unlocks"][0]["achievement"]["name"] == "a hidden achievement"
    assert "butler" not in str(row.payload)


def test_without_followers_nothing_is_noted(alice: Player, game: Game) -> None:
    assert fan_out.enqueue_unlocks([AchievementUnlocked(alice.id, make_achievement(game).id, game.id, 10, NOON)]) == 0
    assert FanOutEntry.objects.count() == 0


def test_an_unlock_reported_over_http_reaches_the_follower(
    api: Any, alice: Player, fan: Player, game: Game, relay: Callable[[], int]
) -> None:
    first, _ = named(game, "One", "Two")

    api.unlock(alice, first)
    relay()
    work()

    assert received_by(fan) == [("friend_unlock", "One")]


@pytest.fixture
def crowd(alice: Player) -> int:
    """2,600 followers."""
    players = Player.objects.bulk_create(
        Player(handle=f"crowd{number}", display_name=f"Crowd {number}", region="EU") for number in range(2_600)
    )
    Follow.objects.bulk_create(Follow(follower=player, followed=alice) for player in players)
    return len(players)


def test_thousands_of_followers_are_notified_in_bounded_chunks(alice: Player, crowd: int, game: Game, at: Any) -> None:
    earn(alice, named(game, "One")[0])
    chunks = []

    while True:
        with CaptureQueriesContext(connection) as statements:
            if not fan_out.fan_out.work():
                break
        chunks.append(len(statements))

    assert Notification.objects.count() == Notification.objects.values("player_id").distinct().count() == crowd
    # Five full ones, the rest, each with as many statements whatever its size.
    assert len(chunks) == 6
    assert max(chunks) <= 13
    assert FanOutEntry.objects.count() == 0


def test_a_worker_that_dies_midway_notifies_nobody_twice_and_leaves_nobody_out(
    alice: Player, crowd: int, game: Game, at: Any, monkeypatch: Any
) -> None:
    earn(alice, named(game, "One")[0])
    notify, deaths = delivery.deliver, []

    def die_on_every_second(*args: Any) -> Any:
        stored = notify(*args)
        deaths.append(len(deaths) % 2)
        if deaths[-1]:
            raise KeyboardInterrupt
        return stored

    monkeypatch.setattr(delivery, "deliver", die_on_every_second)

    while FanOutEntry.objects.exists():
        try:
            fan_out.fan_out.work()
        except KeyboardInterrupt:
            continue

    assert sum(deaths) >= 5
    assert Notification.objects.count() == Notification.objects.values("player_id").distinct().count() == crowd


def test_workers_at_once_share_the_work(alice: Player, bob: Player, game: Game, at: Any) -> None:
    fans = [follower_of(alice, bob) for _ in range(20)]
    achievements = named(game, *(str(number) for number in range(60)))
    for achievement in achievements:
        earn(alice, achievement)
        earn(bob, achievement)
    start = threading.Barrier(3)

    def drain() -> None:
        try:
            start.wait(PATIENCE_SECONDS)
            work()
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as threads:
        for future in [threads.submit(drain) for _ in range(3)]:
            future.result(PATIENCE_SECONDS)
    work()
    at(1)
    work()
    at(3600)
    work()

    for fan in fans:
        rows = Notification.objects.filter(player=fan).order_by("seq")
        assert [row.seq for row in rows] == list(range(1, len(rows) + 1))
        pairs = [(item.get("player_id"), item["achievement_id"]) for row in rows for item in row.items or single(row)]
        assert len(pairs) == len(set(pairs)) == 120
    assert FriendWaiting.objects.count() == 0


def test_pushes_of_a_chunk_are_one_round_trip(alice: Player, crowd: int, game: Game, at: Any, monkeypatch: Any) -> None:
    earn(alice, named(game, "One")[0])
    sent: list[int] = []
    monkeypatch.setattr("apps.core.realtime.publishing.publish", lambda messages: sent.append(len(list(messages))))

    fan_out.fan_out.work()

    assert sent == [fan_out.PAIRS_AT_ONCE]


def test_without_redis_everything_is_stored(alice: Player, fan: Player, game: Game, at: Any, monkeypatch: Any) -> None:
    earn(alice, named(game, "One")[0])
    gone = type(client())(port=1)
    monkeypatch.setattr("apps.core.redis.client.client", lambda *args, **options: gone)

    work()

    assert received_by(fan) == [("friend_unlock", "One")]
