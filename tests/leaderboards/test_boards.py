"""Boards as anyone reads them."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.core.management import call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.core.background.relay import run_steps_until_empty
from apps.core.clock import now
from apps.core.ids import NIL
from apps.core.redis import client as redis
from apps.games.models import Achievement, Game
from apps.leaderboards.boards.board import PLATFORM_ID, Board
from apps.leaderboards.kinds.points import POINTS
from apps.leaderboards.models import BoardFollow, BoardState, Standing, Window
from apps.leaderboards.queries import page_of_board
from apps.leaderboards.repair import rebuild
from apps.leaderboards.sorted_sets import state
from apps.leaderboards.standings.standing_rows import chunks_of_scope
from apps.players.models import Player
from apps.unlocks.actions import record_unlocks
from apps.unlocks.reports import Report
from tests.conftest import Api
from tests.factories import make_achievement, make_game, make_key, make_player

pytestmark = pytest.mark.django_db(transaction=True)
Relay = Callable[[], int]


def ranking(api: Api, path: str) -> list[tuple[int, str, int, int]]:
    results = api.get(path).json()["results"]
    return [(row["rank"], row["player"]["handle"], row["points"], row["unlock_count"]) for row in results]


def test_an_unlock_moves_the_games_and_the_platforms_board(
    api: Api, alice: Player, bob: Player, game: Game, relay: Relay, boards: None
) -> None:
    small, large, _ = [make_achievement(game, points=points) for points in (10, 40, 50)]
    api.unlock(alice, small)
    api.unlock(bob, large)
    api.unlock(bob, small)

    assert relay() == 3

    expected = [(1, "bob", 50, 2), (2, "alice", 10, 1)]
    assert ranking(api, f"leaderboards/{game.id}") == expected
    assert ranking(api, "leaderboards/global") == expected
    assert ranking(api, f"leaderboards/{game.id}?region=EU") == [(1, "alice", 10, 1)]
    assert ranking(api, f"leaderboards/{game.id}?window=day") == expected


def test_who_reached_the_total_first_is_ahead(
    api: Api, alice: Player, bob: Player, achievement: Achievement, relay: Relay, boards: None
) -> None:
    moment = now()
    api.unlock(alice, achievement, unlocked_at=(moment - timedelta(seconds=5)).isoformat())
    api.unlock(bob, achievement, unlocked_at=(moment - timedelta(seconds=9)).isoformat())
    relay()

    path = f"leaderboards/{achievement.game_id}"
    from_redis = ranking(api, path)
    redis.client().flushall()
    degraded = api.get(path).json()

    assert from_redis == [(1, "bob", 10, 1), (2, "alice", 10, 1)]
    assert degraded["degraded"] is True
    assert ranking(api, path) == from_redis


def test_an_unlock_counts_in_the_windows_of_the_time_it_was_earned(
    alice: Player, bob: Player, game: Game, relay: Relay, boards: None
) -> None:
    with time_machine.travel(
        datetime(2095, 6, 1, 12, tzinfo=UTC), tick=False
    ):  # a Wednesday, far ahead: Redis has its own clock
        api = Api(make_key(game))
        early, late = make_achievement(game, points=10), make_achievement(game, points=20)
        api.unlock(alice, late)
        api.unlock(bob, early, unlocked_at="2095-05-31T23:59:59Z")
        relay()

        assert ranking(api, f"leaderboards/{game.id}?window=day") == [(1, "alice", 20, 1)]
        assert ranking(api, f"leaderboards/{game.id}?window=month") == [(1, "alice", 20, 1)]
        assert ranking(api, f"leaderboards/{game.id}?window=week") == [(1, "alice", 20, 1), (2, "bob", 10, 1)]
        board = api.get(f"leaderboards/{game.id}?window=week").json()["board"]
    assert (board["opened_on"], board["closes_at"]) == ("2095-05-30", "2095-06-06T00:00:00Z")


def test_a_players_rank_has_percentile_and_neighbours(api: Api, game: Game, relay: Relay, boards: None) -> None:
    players = [make_player() for _ in range(10)]
    for number, player in enumerate(players):
        api.unlock(player, make_achievement(game, points=100 - 5 * number))
    relay()

    place = api.get(f"leaderboards/{game.id}/players/{players[3].id}?around=2").json()
    first = api.get(f"leaderboards/{game.id}/players/{players[0].id}?around=0").json()

    assert (place["rank"], place["points"], place["points_to_next_rank"]) == (4, 85, 6)
    assert (place["percentile"], place["total_players"]) == (70.0, 10)
    assert [row["rank"] for row in place["neighbours"]] == [2, 3, 4, 5, 6]
    assert (first["rank"], first["points_to_next_rank"], first["percentile"]) == (1, None, 100.0)
    assert [row["rank"] for row in first["neighbours"]] == [1]


@pytest.mark.parametrize("is_redis_there", [True, False])
def test_who_is_behind_an_equal_total_needs_one_point_more_than_it(
    api: Api, game: Game, relay: Relay, boards: None, is_redis_there: bool
) -> None:
    first, tied, behind = make_player(), make_player(), make_player()
    fifty, forty = make_achievement(game, points=50), make_achievement(game, points=40)
    for player, achievement in ((first, fifty), (tied, fifty), (behind, forty)):
        api.unlock(player, achievement)
    relay()
    if not is_redis_there:
        redis.client().flushall()

    places = [api.get(f"leaderboards/{game.id}/players/{player.id}").json() for player in (first, tied, behind)]

    assert [place["points_to_next_rank"] for place in sorted(places, key=lambda place: place["rank"])] == [None, 1, 11]


def test_ranks_are_the_same_without_redis(api: Api, game: Game, relay: Relay, boards: None) -> None:
    players = [make_player() for _ in range(8)]
    achievement = make_achievement(game, points=30)
    for player in players:
        api.unlock(player, achievement)
    relay()
    paths = [f"leaderboards/{game.id}/players/{player.id}?around=3" for player in players]
    before = [api.get(path).json() for path in paths]

    redis.client().flushall()

    assert [api.get(path).json() for path in paths] == [{**place, "degraded": True} for place in before]


def test_pages_follow_each_other(api: Api, game: Game, relay: Relay, boards: None) -> None:
    for number in range(7):
        api.unlock(make_player(), make_achievement(game, points=10 + number))
    relay()

    pages = [api.get(f"leaderboards/{game.id}?page={page}&page_size=3").json() for page in (1, 2, 3, 4)]

    assert [[row["rank"] for row in page["results"]] for page in pages] == [[1, 2, 3], [4, 5, 6], [7], []]
    assert [page["pages"] for page in pages] == [3, 3, 3, 3]


def test_a_cached_page_is_dropped_when_it_changes(
    api: Api, alice: Player, bob: Player, game: Game, relay: Relay, boards: None
) -> None:
    achievement = make_achievement(game)
    api.unlock(alice, achievement)
    relay()
    assert ranking(api, f"leaderboards/{game.id}") == [(1, "alice", 10, 1)]
    assert redis.client().exists(f"page:1:100:{Board(game.id).name}") == 1

    api.unlock(bob, make_achievement(game, points=20))
    relay()

    assert ranking(api, f"leaderboards/{game.id}") == [(1, "bob", 20, 1), (2, "alice", 10, 1)]


@pytest.mark.parametrize(
    "query",
    ["window=year", "region=XX", "page=0", "page=", "page=x", "page_size=101", "page_size=-1", "page=99999999999"],
)
def test_bad_parameters_are_refused(api: Api, game: Game, query: str) -> None:
    response = api.get(f"leaderboards/{game.id}?{query}")

    assert (response.status_code, response.json()["code"]) == (400, "invalid")
    assert response.json()["errors"][0]["pointer"] == query.split("=", maxsplit=1)[0]


def test_unknown_games_and_unranked_players_are_not_found(api: Api, alice: Player, game: Game, boards: None) -> None:
    assert api.get(f"leaderboards/{uuid4()}").json()["code"] == "game_not_found"
    assert api.get(f"leaderboards/{uuid4()}/players/{alice.id}").json()["code"] == "game_not_found"
    assert api.get(f"leaderboards/{game.id}/players/{alice.id}").json()["code"] == "player_not_ranked"
    assert api.get(f"leaderboards/{game.id}").json()["results"] == []


@given(
    points=st.integers(1, 2**21 - 1),
    seconds=st.integers(0, 2**32 - 1),
    others=st.tuples(st.integers(1, 2**21 - 1), st.integers(0, 2**32 - 1)),
)
def test_scores_order_as_points_then_time_and_survive_a_double(
    points: int, seconds: int, others: tuple[int, int]
) -> None:
    moment, other = datetime.fromtimestamp(seconds, UTC), datetime.fromtimestamp(others[1], UTC)

    score, other_score = float(POINTS.score_of(points, moment)), float(POINTS.score_of(others[0], other))

    assert POINTS.points_and_time(score) == (points, moment)
    assert (score < other_score) == ((-points, moment) < (-others[0], other))


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.permutations(range(12)), cut=st.integers(1, 12))
def test_any_order_of_replay_gives_the_same_board(order: list[int], cut: int, transactional_db: None) -> None:
    redis.client().flushall()
    rebuild.rebuild_boards()
    game, moment = make_game(), now()
    players = sorted((make_player() for _ in range(3)), key=lambda player: player.id)
    prizes = [make_achievement(game, points=10 * (1 + number % 2)) for number in range(4)]
    reports = [
        Report(game.id, players[n % 3].id, prizes[n // 3].id, None, moment - timedelta(seconds=n)) for n in range(12)
    ]

    for part in (order[:cut], order[cut:]):
        if part:
            record_unlocks(reports=[reports[number] for number in part])
            run_steps_until_empty()

    rows = page_of_board(Board(game.id), offset=0, limit=10).rows
    assert [(row.player.id, row.points) for row in rows] == [(players[number].id, 60) for number in (2, 1, 0)]
    assert [row.reached_at for row in rows] == [
        (moment - timedelta(seconds=number)).replace(microsecond=0) for number in (2, 1, 0)
    ]


def test_an_emptied_redis_is_noticed_and_rebuilt(
    api: Api, alice: Player, achievement: Achievement, relay: Relay, boards: None
) -> None:
    api.unlock(alice, achievement)
    relay()
    path = f"leaderboards/{achievement.game_id}"
    before = api.get(path).json()
    assert rebuild.is_rebuild_needed() is False

    redis.client().flushall()

    assert rebuild.is_rebuild_needed() is True
    assert rebuild.rebuild_boards() == 8
    assert api.get(path).json() == before


def test_what_redis_missed_is_rebuilt(
    api: Api, alice: Player, bob: Player, achievement: Achievement, relay: Relay, boards: None, monkeypatch: Any
) -> None:
    make_achievement(achievement.game)
    api.unlock(alice, achievement)
    relay()
    api.unlock(bob, achievement)
    with monkeypatch.context() as patch:
        # A server that refuses: nothing listens there.
        gone = redis.redis.Redis(port=1)
        patch.setattr("apps.leaderboards.subscribers.client", lambda **_: gone)
        assert relay() == 1

    assert state.read_state().is_stale is True
    assert rebuild.is_rebuild_needed() is True
    rebuild.rebuild_boards()
    assert [row[1] for row in ranking(api, f"leaderboards/{achievement.game_id}")] == ["alice", "bob"]
    assert rebuild.is_rebuild_needed() is False


def test_a_rebuild_reads_a_board_in_order_and_whole_however_small_its_chunks(game: Game) -> None:
    moment = now().replace(microsecond=0)
    board = Board(game.id)
    rows = [
        Standing(
            player=make_player(handle=f"p{number}"),
            scope_id=game.id,
            window=board.window,
            opened_on=board.opened_on,
            region="EU",
            points=points,
            unlock_count=1,
            reached_at=moment + timedelta(seconds=second),
        )
        for number, (points, second) in enumerate([(30, 0), (20, 1), (20, 0), (20, 0), (10, 0)])
    ]
    Standing.objects.bulk_create(rows)
    order = sorted(rows, key=lambda row: (-row.points, row.reached_at, row.player_id))

    chunks = list(chunks_of_scope(game.id, board.window, board.opened_on, size=2))

    assert [len(chunk) for chunk in chunks] == [2, 2, 1]
    assert [entry for chunk in chunks for entry in chunk] == [
        ("EU", row.player_id.bytes, row.points, int(row.reached_at.timestamp())) for row in order
    ]


def test_unlocks_during_a_rebuild_are_not_lost(
    api: Api, alice: Player, bob: Player, game: Game, relay: Relay, boards: None
) -> None:
    first, second = make_achievement(game, points=10), make_achievement(game, points=30)
    api.unlock(alice, first)
    relay()
    once = iter([True])

    def meanwhile(places: int) -> None:
        if next(once, False):
            api.unlock(alice, second)
            api.unlock(bob, first)
            relay()

    rebuild.rebuild_boards(progress=meanwhile)

    assert ranking(api, f"leaderboards/{game.id}") == [(1, "alice", 40, 2), (2, "bob", 10, 1)]
    assert redis.client().keys("board-aside-*") == []


def test_a_flush_during_a_rebuild_starts_it_over(
    api: Api, alice: Player, achievement: Achievement, relay: Relay, boards: None
) -> None:
    api.unlock(alice, achievement)
    relay()
    once = iter([True])

    def flush(places: int) -> None:
        if next(once, False):
            redis.client().flushall()

    rebuild.rebuild_boards(progress=flush)

    assert ranking(api, "leaderboards/global") == [(1, "alice", 10, 1)]
    assert api.get("leaderboards/global").json()["degraded"] is False


def test_only_one_rebuild_runs_and_a_dead_ones_lease_runs_out(boards: None) -> None:
    assert state.claim_rebuild(uuid4()) is True

    with pytest.raises(rebuild.RebuildUnderWayError):
        rebuild.rebuild_boards()

    BoardState.objects.update(lease_until=now() - timedelta(seconds=1))
    assert rebuild.rebuild_boards() == 0
    assert state.read_state().rebuild_id is None


def test_one_games_boards_are_rebuilt_by_command(
    api: Api, alice: Player, achievement: Achievement, relay: Relay, boards: None, capsys: Any
) -> None:
    api.unlock(alice, achievement)
    relay()
    board = Board(achievement.game_id)
    redis.client().delete(f"board:{board.name}")
    assert page_of_board(board, offset=0, limit=5).rows == []

    call_command("rebuild_boards", game=achievement.game.slug)

    assert [row.points for row in page_of_board(board, offset=0, limit=5).rows] == [10]
    assert [row.points for row in page_of_board(Board(PLATFORM_ID), offset=0, limit=5).rows] == [10]
    assert "4 standings" in capsys.readouterr().out


def test_standings_hold_eight_rows_an_unlock(
    api: Api, alice: Player, achievement: Achievement, relay: Relay, boards: None
) -> None:
    api.unlock(alice, achievement)
    relay()

    scopes = {(row.scope_id, row.window) for row in Standing.objects.all()}
    assert scopes == {(scope, window) for scope in (PLATFORM_ID, achievement.game_id) for window in Window.values}


@pytest.mark.parametrize("path", ["", "/closed", "/friends", "/players/{player}", "/players/{player}/history"])
def test_the_nil_id_is_no_name_of_the_platforms_board(api: Api, alice: Player, boards: None, path: str) -> None:
    found = api.get(f"leaderboards/{NIL}{path.format(player=alice.id)}")

    assert found.status_code == 404


def test_nobody_follows_the_board_of_the_nil_id(as_player: Any, alice: Player) -> None:
    answer = as_player(alice).put(f"players/me/followed-boards/{NIL}/week")

    assert answer.status_code == 404
    assert not BoardFollow.objects.exists()
