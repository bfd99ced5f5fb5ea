"""One more order of boards: a file in kinds and a line in ORDERS, and everything that holds of boards holds of it."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.core.background.relay import run_steps_until_empty
from apps.core.clock import now
from apps.core.redis import client as redis
from apps.games.models import Achievement, Game
from apps.leaderboards.boards.board import PLATFORM_ID, Board
from apps.leaderboards.friends_board import friends_page
from apps.leaderboards.kinds import ORDERS
from apps.leaderboards.kinds.order import Order
from apps.leaderboards.kinds.points import POINTS, POINTS_MAX, SECONDS_SPAN
from apps.leaderboards.places import rank_of_player
from apps.leaderboards.queries import page_of_board
from apps.leaderboards.repair import lost_boards, rebuild
from apps.leaderboards.sorted_sets import board_sets
from apps.players.models import Player
from apps.unlocks.actions import record_unlocks
from apps.unlocks.reports import Report
from tests.conftest import Api
from tests.factories import make_achievement, make_game, make_player

pytestmark = pytest.mark.django_db(transaction=True)
Relay = Callable[[], int]


def _latest_at(points: int, reached_second: int) -> int:
    return (SECONDS_SPAN - 1 - reached_second) * (POINTS_MAX + 1) + POINTS_MAX - points


def _latest_totals(score: int) -> tuple[int, int]:
    seconds_left, points_left = divmod(score, POINTS_MAX + 1)
    return POINTS_MAX - points_left, SECONDS_SPAN - 1 - seconds_left


# Who earned something last is first, however much they have; of equals, who has more.
LATEST = Order(
    key="latest",
    score_at=_latest_at,
    totals_at=_latest_totals,
    sql="reached_at DESC, points DESC, player_id",
    ahead_sql="(-extract(epoch FROM reached_at), -points, player_id)"
    " < (-extract(epoch FROM %(reached_at)s), -%(points)s, %(player_id)s)",
    points_to_pass=lambda points, points_ahead: None,
)


@pytest.fixture
def latest() -> Iterator[Order]:
    ORDERS["latest"] = LATEST
    yield LATEST
    del ORDERS["latest"]


def latest_of(game_id: UUID, region: str | None = None) -> Board:
    return Board(game_id, region=region, order=LATEST)


def ranking(board: Board) -> list[tuple[str, int, int]]:
    page = page_of_board(board, offset=0, limit=10)
    assert page.is_degraded is False
    return [(row.player.handle, row.points, row.rank) for row in page.rows if row.player]


@given(points=st.integers(1, POINTS_MAX), seconds=st.integers(0, SECONDS_SPAN - 1))
def test_scores_of_every_order_survive_a_double(points: int, seconds: int) -> None:
    for order in (*ORDERS.values(), LATEST):
        assert order.totals_at(int(float(order.score_at(points, seconds)))) == (points, seconds)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(replay=st.permutations(range(9)), cut=st.integers(1, 9))
def test_any_order_of_replay_gives_the_same_board_in_every_order(
    replay: list[int], cut: int, latest: Order, transactional_db: None
) -> None:
    redis.client().flushall()
    rebuild.rebuild_boards()
    game, moment = make_game(), now().replace(microsecond=0)
    players = sorted((make_player() for _ in range(3)), key=lambda player: player.id)
    prizes = [make_achievement(game, points=points) for points in (10, 20, 40)]
    reports = [
        Report(game.id, players[n % 3].id, prizes[n // 3].id, None, moment - timedelta(seconds=n)) for n in range(9)
    ]

    for part in (replay[:cut], replay[cut:]):
        record_unlocks(reports=[reports[number] for number in part])
        run_steps_until_empty()

    found = {key: page_of_board(Board(game.id, order=order), offset=0, limit=5).rows for key, order in ORDERS.items()}
    assert [(row.player_id, row.points, row.reached_at) for row in found["latest"]] == [
        (player.id, 70, moment - timedelta(seconds=number)) for number, player in enumerate(players)
    ]
    assert [row.player_id for row in found["points"]] == [player.id for player in reversed(players)]


def test_a_new_order_ranks_everywhere_that_boards_are_read(
    api: Api, alice: Player, bob: Player, game: Game, relay: Relay, boards: None, latest: Order
) -> None:
    moment = now()
    for player, points, age in ((alice, 40, 9), (bob, 10, 5)):
        achievement = make_achievement(game, points=points)
        api.unlock(player, achievement, unlocked_at=(moment - timedelta(seconds=age)).isoformat())
    relay()

    expected = [("bob", 10, 1), ("alice", 40, 2)]
    assert ranking(latest_of(game.id)) == ranking(latest_of(PLATFORM_ID)) == expected
    assert ranking(latest_of(game.id, alice.region)) == [("alice", 40, 1)]
    assert ranking(latest_of(game.id, f"{alice.region},{bob.region}")) == expected
    assert ranking(Board(game.id)) == [("alice", 40, 1), ("bob", 10, 2)]
    place = rank_of_player(latest_of(game.id), alice.id)
    assert place is not None
    assert (place.row.rank, place.points_to_next_rank) == (2, None)
    assert [row.points for row in friends_page(latest_of(game.id), bob.id, offset=0, limit=5).rows] == [10]

    redis.client().flushall()

    degraded = page_of_board(latest_of(game.id), offset=0, limit=10)
    assert (degraded.is_degraded, [row.points for row in degraded.rows]) == (True, [10, 40])
    place = rank_of_player(latest_of(game.id), alice.id)
    assert place is not None
    assert (place.is_degraded, place.row.rank) == (True, 2)
    rebuild.rebuild_boards()
    assert ranking(latest_of(game.id)) == expected


def test_an_orders_boards_are_built_once_it_is_there_and_passed_over_when_it_is_gone(
    api: Api, alice: Player, achievement: Achievement, relay: Relay, boards: None, monkeypatch: Any
) -> None:
    api.unlock(alice, achievement)
    relay()
    assert lost_boards.check(now()) | lost_boards.check(now()) == set()
    board = latest_of(achievement.game_id)

    with monkeypatch.context() as registered:
        registered.setitem(ORDERS, "latest", LATEST)
        assert lost_boards.check(now()) == set()
        repaired = lost_boards.check(now())
        assert board in repaired
        assert ranking(board) == [("alice", 10, 1)]

    assert redis.client().exists(board_sets.key_of(board)) == 1
    assert rebuild.rebuild_boards() == 8
    assert lost_boards.check(now()) | lost_boards.check(now()) == set()
    assert ranking(Board(achievement.game_id)) == [("alice", 10, 1)]
    assert POINTS.key in ORDERS
