"""Players who follow a board are notified when a rival near them goes past."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.core.api.auth.callers import Scope
from apps.core.background.relay import run_step
from apps.core.redis import client as redis
from apps.core.redis.breakers import breaker
from apps.games.models import Achievement, Game
from apps.leaderboards.boards.board import PLATFORM_ID
from apps.leaderboards.models import Window
from apps.leaderboards.rivalry import overtakes
from apps.leaderboards.rivalry.board_follows import follow_board
from apps.leaderboards.sorted_sets.board_sets import BUILT_KEY
from apps.notifications.models import Notification
from apps.players.models import Block, Player
from apps.unlocks.actions import record_unlocks
from apps.unlocks.reports import Report
from tests.conftest import Api
from tests.factories import make_achievement, make_key, make_player

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("boards")]

# A Wednesday, so that day and week differ.
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
def worth(game: Game) -> Callable[[int], Achievement]:
    """Return a new achievement of the game that is worth so many points."""
    # One that nobody earns, so that nobody completes the game.
    make_achievement(game)
    return lambda points: make_achievement(game, points=points)


@pytest.fixture
def earn(worth: Callable[[int], Achievement], relay: Relay) -> Callable[..., None]:
    """Have players earn so many points each, all in one step."""

    def in_one_step(*pairs: tuple[Player, int], at: datetime | None = None) -> None:
        reports = [
            Report(achievement.game_id, player.id, achievement.id, None, at)
            for player, points in pairs
            for achievement in [worth(points)]
        ]
        record_unlocks(reports=reports)
        relay()

    return in_one_step


def follow(player: Player, game: Game | None, window: str = "all") -> None:
    follow_board(player_id=player.id, scope_id=game.id if game else PLATFORM_ID, window=Window(window))


def received_by(player: Player) -> list[tuple[str, str, int]]:
    """Return (rival, window, rank) of a player's notifications."""
    rows = Notification.objects.filter(player=player, kind="rank_overtaken").order_by("seq")
    return [(row.payload["rival"]["handle"], row.payload["window"], row.payload["rival_rank"]) for row in rows]


def test_a_follower_learns_who_went_past_and_to_which_rank(
    alice: Player, bob: Player, charlie: Player, game: Game, at: Any, earn: Any
) -> None:
    follow(alice, game)
    earn((charlie, 100), (alice, 30), (bob, 20))

    at(minutes=1)
    earn((bob, 15))

    (row,) = Notification.objects.filter(kind="rank_overtaken")
    assert row.player_id == alice.id
    assert row.payload == {
        "rival": {"id": str(bob.id), "handle": "bob", "display_name": "Bob", "avatar_url": None},
        "game": {"id": str(game.id), "slug": game.slug, "name": game.name},
        "window": "all",
        "rival_rank": 2,
    }


def test_of_a_hidden_board_nobody_is_notified(
    alice: Player,
    bob: Player,
    charlie: Player,
    game: Game,
    at: Any,
    earn: Any,
    worth: Callable[[int], Achievement],
    relay: Relay,
) -> None:
    follow(alice, game)
    follow(alice, None)
    earn((alice, 30), (charlie, 20))
    earn((charlie, 15))
    shown = received_by(alice)
    record_unlocks(reports=[Report(game.id, bob.id, worth(40).id, None, None)])
    Game.objects.filter(pk=game.pk).update(is_published=False)

    relay()

    # The platform's boards count none of it either.
    assert shown == [("charlie", "all", 1)]
    assert received_by(alice) == shown


def test_who_does_not_follow_the_board_is_not_notified(
    alice: Player, bob: Player, charlie: Player, game: Game, at: Any, earn: Any
) -> None:
    # Charlie follows it, Alice another window, and neither is read for the other.
    follow(charlie, game)
    follow(alice, game, "week")
    earn((charlie, 100), at=NOON - timedelta(days=9))
    earn((alice, 30), at=NOON - timedelta(days=9))

    at(minutes=1)
    earn((bob, 31))

    assert Notification.objects.filter(kind="rank_overtaken").count() == 0


def test_getting_ahead_of_nobody_notifies_nobody(alice: Player, bob: Player, game: Game, at: Any, earn: Any) -> None:
    follow(alice, game)
    earn((alice, 30), (bob, 10))

    earn((bob, 10))
    earn((alice, 10))

    assert received_by(alice) == []


def test_only_who_is_within_25_ranks_is_notified(alice: Player, game: Game, at: Any, earn: Any) -> None:
    rivals_passed = [make_player() for _ in range(27)]
    for player in rivals_passed:
        follow(player, game)
    earn((alice, 1), *((player, 10 + number) for number, player in enumerate(rivals_passed)))

    earn((alice, 500))

    notified = [player for player in rivals_passed if received_by(player) == [("alice", "all", 1)]]
    # The two lowest are the 26th and 27th below.
    assert notified == rivals_passed[2:]


def test_equal_points_overtake_nobody_who_had_them_first(
    alice: Player, bob: Player, game: Game, at: Any, earn: Any
) -> None:
    follow(alice, game)
    earn((alice, 30), (bob, 20))

    at(minutes=1)
    earn((bob, 10))
    before = received_by(alice)
    at(minutes=2)
    earn((bob, 1))

    assert before == []
    assert received_by(alice) == [("bob", "all", 1)]


def test_of_equal_points_in_one_second_the_lower_id_was_ahead(game: Game, at: Any, earn: Any) -> None:
    ahead, behind = make_player(), make_player()
    assert ahead.id < behind.id
    follow(ahead, game)
    follow(behind, game)
    earn((ahead, 10), (behind, 10))

    at(minutes=1)
    earn((behind, 1))

    assert received_by(ahead) == [(behind.handle, "all", 1)]
    assert received_by(behind) == []


def test_two_who_move_in_one_step_are_compared_by_where_they_were(
    alice: Player, bob: Player, game: Game, at: Any, earn: Any
) -> None:
    follow(alice, game)
    follow(bob, game)
    earn((alice, 20), (bob, 10))

    at(minutes=1)
    earn((alice, 5), (bob, 50))

    assert received_by(alice) == [("bob", "all", 1)]
    assert received_by(bob) == []


def test_who_moves_up_together_overtakes_nobody(alice: Player, bob: Player, game: Game, at: Any, earn: Any) -> None:
    follow(alice, game)
    follow(bob, game)
    earn((alice, 20), (bob, 10))

    at(minutes=1)
    earn((alice, 5), (bob, 5))

    assert received_by(alice) == received_by(bob) == []


def test_a_newcomer_overtakes_and_is_not_overtaken_on_arrival(
    alice: Player, bob: Player, charlie: Player, game: Game, at: Any, earn: Any
) -> None:
    for player in (alice, bob, charlie):
        follow(player, game)
    earn((alice, 10))

    at(minutes=1)
    earn((bob, 50), (charlie, 20))

    assert sorted(received_by(alice)) == [("bob", "all", 1), ("charlie", "all", 2)]
    assert received_by(bob) == received_by(charlie) == []


@pytest.mark.parametrize(("window", "overtaken"), [("all", False), ("month", False), ("week", False), ("day", True)])
def test_each_window_is_a_board_of_its_own(
    alice: Player, bob: Player, game: Game, at: Any, earn: Any, window: str, overtaken: bool
) -> None:
    follow(alice, game, window)
    # 100 ahead on Tuesday, 10 ahead on Wednesday.
    earn((alice, 100), at=NOON - timedelta(days=1))
    earn((alice, 10))

    at(minutes=1)
    earn((bob, 11))

    assert received_by(alice) == ([("bob", window, 1)] if overtaken else [])


def test_what_was_earned_on_a_day_that_is_over_moves_no_board_of_today(
    alice: Player, bob: Player, game: Game, at: Any, earn: Any
) -> None:
    follow(alice, game, "day")
    earn((alice, 10))

    earn((bob, 50), at=NOON - timedelta(days=1))

    assert received_by(alice) == []


def test_the_board_of_all_games_counts_too(alice: Player, bob: Player, at: Any, earn: Any) -> None:
    follow(alice, None, "month")
    earn((alice, 10))

    at(minutes=1)
    earn((bob, 11))

    (row,) = Notification.objects.filter(kind="rank_overtaken")
    assert (row.payload["game"], row.payload["window"], row.payload["rival_rank"]) == (None, "month", 1)


@pytest.mark.parametrize("is_follower_the_blocker", [True, False])
def test_of_who_is_blocked_neither_is_notified(
    alice: Player, bob: Player, game: Game, at: Any, earn: Any, is_follower_the_blocker: bool
) -> None:
    follow(alice, game)
    pair = (alice, bob) if is_follower_the_blocker else (bob, alice)
    Block.objects.create(blocker=pair[0], blocked=pair[1])
    earn((alice, 10))

    at(minutes=1)
    earn((bob, 11))

    assert received_by(alice) == []


def test_of_a_rival_one_is_notified_once_an_hour(
    alice: Player, bob: Player, charlie: Player, game: Game, at: Any, earn: Any
) -> None:
    for window in ("all", "day"):
        follow(alice, game, window)
    follow(alice, None)
    earn((alice, 10))

    earn((bob, 11))
    first = len(received_by(alice))
    at(minutes=30)
    earn((alice, 10))
    earn((bob, 10))
    earn((charlie, 200))
    notified = [rival for rival, _, _ in received_by(alice)]
    at(minutes=59, seconds=59)
    earn((alice, 300))
    earn((bob, 500))
    still = len(received_by(alice))
    at(hours=1)
    earn((alice, 500))
    earn((bob, 500))

    # Three boards, one notice.
    assert first == 1
    assert notified == ["bob", "charlie"]
    assert still == 2
    assert [rival for rival, _, _ in received_by(alice)] == ["bob", "charlie", "bob"]


def test_restored_unlocks_overtake_nobody(
    api: Api, alice: Player, bob: Player, game: Game, at: Any, earn: Any, relay: Relay
) -> None:
    studio = Api(make_key(game, scopes=[Scope.UNLOCKS_REVOKE]))
    earn((alice, 10), (bob, 50))
    made = studio.post(f"manage/games/{game.id}/revocations", {"player_id": str(bob.id), "reason": "A mistake"})
    relay()
    follow(alice, game)

    studio.post(f"manage/games/{game.id}/revocations/{made.json()['id']}/restore")
    relay()

    assert api.get(f"leaderboards/{game.id}").json()["results"][0]["player"]["handle"] == "bob"
    assert received_by(alice) == []


def statements_of_a_step(player: Player, achievement: Achievement) -> int:
    record_unlocks(reports=[Report(achievement.game_id, player.id, achievement.id, None, None)])
    with CaptureQueriesContext(connection) as queries:
        assert run_step() >= 1
    return len(queries)


def test_a_step_on_boards_that_nobody_follows_takes_one_query_for_it(
    alice: Player, bob: Player, game: Game, at: Any, worth: Any, monkeypatch: Any
) -> None:
    unfollowed, followed = worth(10), worth(10)
    with_it = statements_of_a_step(alice, followed)
    monkeypatch.setattr(overtakes, "scores_before", lambda *args: None)

    assert with_it == statements_of_a_step(alice, unfollowed) + 1


def test_a_step_on_a_followed_board_takes_as_many_queries_however_many_are_passed(
    alice: Player, bob: Player, game: Game, at: Any, earn: Any, worth: Any, relay: Relay
) -> None:
    crowd = [make_player() for _ in range(20)]
    for player in crowd:
        follow(player, game)
    earn((bob, 30), *((player, 20) for player in crowd))

    few = statements_of_a_step(bob, worth(1))
    many = statements_of_a_step(alice, worth(25))
    relay()

    assert [received_by(player) for player in crowd] == [[("alice", "all", 2)]] * 20
    # Who of them follows, and the events of that.
    assert many - few == 2


@pytest.fixture
def redis_down(monkeypatch: Any) -> Iterator[Callable[[], None]]:
    gone = type(redis.client())(port=1)

    def leave() -> None:
        monkeypatch.setattr("apps.leaderboards.subscribers.client", lambda *args, **options: gone)

    yield leave
    breaker.reset()


def test_without_redis_nobody_is_notified_and_the_standings_go_on(
    alice: Player, bob: Player, game: Game, at: Any, earn: Any, redis_down: Callable[[], None]
) -> None:
    follow(alice, game)
    earn((alice, 10))

    redis_down()
    earn((bob, 11))

    assert received_by(alice) == []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT points FROM standing WHERE player_id = %s AND scope_id = %s AND \"window\" = 'all'",
            [bob.id, game.id],
        )
        assert cursor.fetchone() == (11,)


def test_of_boards_that_redis_has_lost_nobody_is_notified(
    alice: Player, bob: Player, charlie: Player, game: Game, at: Any, earn: Any
) -> None:
    follow(alice, game)
    earn((charlie, 100), (alice, 10))
    redis.client().delete(BUILT_KEY, f"board:{game.id.hex}:all:19700101:-")
    # What the relay writes until the boards are rebuilt.
    earn((alice, 1))

    earn((bob, 50))

    assert received_by(alice) == []


def test_a_flush_right_after_the_scores_were_written_notifies_nobody(
    alice: Player, bob: Player, game: Game, at: Any, earn: Any, monkeypatch: Any
) -> None:
    follow(alice, game)
    earn((alice, 10))
    overtaken = overtakes.overtaken

    def after_a_flush(client: Any, *args: Any) -> Any:
        client.delete(f"board:{game.id.hex}:all:19700101:-")
        return overtaken(client, *args)

    monkeypatch.setattr(overtakes, "overtaken", after_a_flush)
    earn((bob, 50))

    assert received_by(alice) == []
