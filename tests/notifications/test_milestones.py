"""What players are notified of once: a completed game, a new follower, a medal."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from apps.core.api.auth.callers import Scope
from apps.core.background.scheduled_jobs import find_job, run_due
from apps.games.actions import archive_achievement, publish_achievement
from apps.games.models import Achievement, Game
from apps.leaderboards.events import WindowClosed
from apps.leaderboards.models import FinalPlace
from apps.notifications import delivery
from apps.notifications.kinds import season_medal
from apps.notifications.kinds.own_unlock import OwnUnlock
from apps.notifications.models import FanOutEntry, Notification
from apps.players.actions import follow_player, unfollow_player
from apps.players.models import Player
from apps.unlocks.actions import record_unlocks
from apps.unlocks.reports import Report
from tests.conftest import Api
from tests.factories import make_achievement, make_game, make_key, make_player

pytestmark = pytest.mark.django_db(transaction=True)

NOON = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
Relay = Callable[[], int]


@pytest.fixture
def at(time_machine: Any) -> Callable[..., None]:
    """Move the clock to some time after noon."""

    def move(**after: float) -> None:
        time_machine.move_to(NOON + timedelta(**after), tick=False)

    move()
    return move


@pytest.fixture
def earn(relay: Relay) -> Callable[..., None]:
    def in_one_step(player: Player, *achievements: Achievement) -> None:
        record_unlocks(reports=[Report(item.game_id, player.id, item.id, None, None) for item in achievements])
        relay()

    return in_one_step


def received_by(player: Player, kind: str) -> list[dict[str, Any]]:
    return list(Notification.objects.filter(player=player, kind=kind).order_by("seq").values_list("payload", flat=True))


def completions(player: Player) -> list[int]:
    return [payload["achievement_count"] for payload in received_by(player, "game_completed")]


# Completed games


def test_the_last_achievement_of_a_game_completes_it(
    alice: Player, bob: Player, game: Game, at: Any, earn: Any
) -> None:
    first, second = make_achievement(game), make_achievement(game)
    make_achievement(make_game())
    make_achievement(game, state="draft")

    earn(alice, first)
    earn(bob, first)
    before = completions(alice)
    earn(alice, second)

    assert before == completions(bob) == []
    assert received_by(alice, "game_completed") == [
        {
            "game": {"id": str(game.id), "slug": game.slug, "name": game.name},
            "achievement_count": 2,
            "completed_at": "2026-11-25T12:00:00Z",
        }
    ]


def test_a_game_earned_whole_in_one_step_is_completed_once(alice: Player, game: Game, at: Any, earn: Any) -> None:
    earn(alice, *[make_achievement(game) for _ in range(5)])

    assert completions(alice) == [5]


def test_it_is_sent_once_also_when_there_was_more_to_earn(alice: Player, game: Game, at: Any, earn: Any) -> None:
    earn(alice, make_achievement(game))
    more, other = make_achievement(game, state="draft"), make_achievement(game, state="draft")
    publish_achievement(achievement=more)
    publish_achievement(achievement=other)

    earn(alice, more)
    before = completions(alice)
    earn(alice, other)

    assert before == [1]
    assert completions(alice) == [1]


def test_archived_achievements_are_not_required_and_do_not_count(
    alice: Player, bob: Player, game: Game, at: Any, earn: Any
) -> None:
    old, first, second = [make_achievement(game) for _ in range(3)]
    earn(alice, old)
    archive_achievement(achievement=old)

    # As many as are published, and not the same.
    earn(alice, first)
    before = completions(alice)
    earn(alice, second)
    earn(bob, first, second)

    assert before == []
    assert completions(alice) == completions(bob) == [2]


def test_what_is_revoked_and_earned_again_completes_nothing_new(
    alice: Player, game: Game, at: Any, earn: Any, relay: Relay
) -> None:
    first, second = make_achievement(game), make_achievement(game)
    earn(alice, first, second)
    studio = Api(make_key(game, scopes=[Scope.UNLOCKS_REVOKE]))
    body = {"player_id": str(alice.id), "achievement_id": str(second.id), "reason": "A mistake"}
    assert studio.post(f"manage/games/{game.id}/revocations", body).status_code == 201
    relay()

    earn(alice, second)

    assert len(received_by(alice, "own_unlock")) == 3
    assert completions(alice) == [2]


def test_what_was_revoked_leaves_the_game_incomplete(
    alice: Player, game: Game, at: Any, earn: Any, relay: Relay
) -> None:
    first, second = make_achievement(game), make_achievement(game)
    earn(alice, first)
    studio = Api(make_key(game, scopes=[Scope.UNLOCKS_REVOKE]))
    studio.post(f"manage/games/{game.id}/revocations", {"player_id": str(alice.id), "reason": "A mistake"})
    relay()

    earn(alice, second)

    assert completions(alice) == []


# New followers


def test_a_new_follower_is_announced_once_in_30_days(alice: Player, bob: Player, at: Any, relay: Relay) -> None:
    def follows() -> int:
        follow_player(follower_id=bob.id, followed_id=alice.id)
        relay()
        unfollow_player(follower_id=bob.id, followed_id=alice.id)
        relay()
        return len(received_by(alice, "new_follower"))

    first = follows()
    at(days=30, seconds=-1)
    second = follows()
    at(days=30)
    third = follows()

    assert (first, second, third) == (1, 1, 2)
    assert received_by(alice, "new_follower")[0] == {
        "player": {"id": str(bob.id), "handle": "bob", "display_name": "Bob", "avatar_url": None}
    }
    assert received_by(bob, "new_follower") == []


def test_following_whom_one_follows_is_no_news(alice: Player, bob: Player, at: Any, relay: Relay) -> None:
    for _ in range(2):
        follow_player(follower_id=bob.id, followed_id=alice.id)
    relay()

    assert len(received_by(alice, "new_follower")) == 1


# Medals


@pytest.fixture
def places(months: None, boards: None, game: Game, earn: Any, at: Any) -> list[Player]:
    """Twelve players of a game on Wednesday, the first the best."""
    make_achievement(game)
    players = [make_player() for _ in range(12)]
    for number, player in enumerate(players):
        earn(player, make_achievement(game, points=100 - number))
    return players


def close(moment: datetime) -> None:
    for name in ("make_partitions", "close_windows"):
        run_due(find_job(name), moment=moment)


def test_the_first_ten_of_a_day_are_notified_of_their_medals(
    places: list[Player], game: Game, at: Any, relay: Relay
) -> None:
    at(hours=14)
    close(NOON + timedelta(hours=14))
    relay()

    notified = {player: [item for item in received_by(player, "season_medal") if item["game"]] for player in places}
    assert [[item["rank"] for item in notified[player]] for player in places] == [[n] for n in range(1, 11)] + [[], []]
    assert notified[places[1]] == [
        {
            "game": {"id": str(game.id), "slug": game.slug, "name": game.name},
            "window": "day",
            "opened_on": "2026-11-25",
            "rank": 2,
            "medal": "silver",
            "points": 99,
        }
    ]
    # And of the board of all games.
    assert [item["rank"] for item in received_by(places[0], "season_medal") if item["game"] is None] == [1]


def test_closing_twice_notifies_once(places: list[Player], at: Any, relay: Relay) -> None:
    at(hours=14)
    close(NOON + timedelta(hours=14))
    relay()
    before = Notification.objects.filter(kind="season_medal").count()

    close(NOON + timedelta(hours=15))
    relay()

    assert before == 20
    assert Notification.objects.filter(kind="season_medal").count() == before


def test_a_window_that_is_reported_closed_twice_notifies_once(alice: Player, game: Game, at: Any) -> None:
    FinalPlace.objects.create(
        player_id=alice.id, scope_id=game.id, window="week", opened_on=date(2026, 11, 16), rank=1, points=10,
        unlock_count=1, reached_at=NOON, region="EU",
    )  # fmt: skip
    event = WindowClosed(game.id, "week", date(2026, 11, 16))

    stored = [delivery.deliver(season_medal.notes_of([event])) for _ in range(2)]

    assert [len(items) for items in stored] == [1, 0]
    assert [item.note.player_id for item in stored[0]] == [alice.id]


@pytest.mark.parametrize(("opened_on", "count"), [(date(2026, 11, 22), 1), (date(2026, 11, 21), 0)])
def test_a_window_that_is_closed_days_late_is_no_news(
    alice: Player, game: Game, at: Any, opened_on: date, count: int
) -> None:
    FinalPlace.objects.create(
        player_id=alice.id, scope_id=game.id, window="day", opened_on=opened_on, rank=1, points=10,
        unlock_count=1, reached_at=NOON, region="EU",
    )  # fmt: skip

    stored = delivery.deliver(season_medal.notes_of([WindowClosed(game.id, "day", opened_on)]))

    assert len(stored) == count


# The hardcore mode of what was earned


def test_hardcore_is_in_the_notice_of_its_unlock_or_in_one_of_its_own(alice: Player, bob: Player, relay: Relay) -> None:
    game = make_game(has_modes=True, name="Tide")
    prize = make_achievement(game, points=10, name="Prize")
    follow_player(follower_id=bob.id, followed_id=alice.id)

    def report(player: Player, *, is_hardcore: bool) -> None:
        record_unlocks(reports=[Report(game.id, player.id, prize.id, None, None, is_hardcore=is_hardcore)])
        relay()

    for is_hardcore in (False, True, True):
        report(alice, is_hardcore=is_hardcore)
    report(bob, is_hardcore=True)

    casual, later = received_by(alice, "own_unlock")
    (together,) = received_by(bob, "own_unlock")
    assert (casual["hardcore_at"], "hardcore_only" in casual) == (None, False)
    assert (later["hardcore_only"], later["hardcore_at"]) == (True, later["unlocked_at"])
    assert (together["hardcore_at"], "hardcore_only" in together) == (together["unlocked_at"], False)
    assert [OwnUnlock.body(item) for item in (casual, later, together)] == [
        "You earned 10 points in Tide.",
        "You earned it in hardcore in Tide.",
        "You earned 10 points in Tide, in hardcore.",
    ]
    # Followers get one notice, of the unlock.
    assert FanOutEntry.objects.filter(player_id=alice.id).count() == 1
