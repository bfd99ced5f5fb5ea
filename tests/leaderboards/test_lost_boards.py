"""A board that Redis has lost a part of is noticed by its size, read from PostgreSQL meanwhile, and repaired alone."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.core.background.relay_process import RelayLoop
from apps.core.background.scheduled_jobs import find_job, run_due
from apps.core.clock import now
from apps.core.models import JobSlot
from apps.core.redis import client as redis
from apps.games.models import Game
from apps.leaderboards import subscribers
from apps.leaderboards.boards.board import Board, board_of
from apps.leaderboards.health import check_boards
from apps.leaderboards.models import BoardSize, BoardSizeChange, BoardState, Window
from apps.leaderboards.repair import lost_boards, rebuild, reconciliation
from apps.leaderboards.sorted_sets import board_sets, state
from apps.leaderboards.standings import board_sizes
from apps.players.actions import edit_player
from apps.players.models import Player
from tests.conftest import Api
from tests.factories import make_achievement, make_player
from tests.own_database import dsn_of
from tests.recompute import board_differences, boards_of_ledger, connect

pytestmark = pytest.mark.django_db(transaction=True)
Relay = Callable[[], int]


@pytest.fixture
def crowd(api: Api, game: Game, relay: Relay, boards: None) -> list[Player]:
    """Twelve players of two regions, each with an achievement."""
    players = [make_player(region="EU" if number % 2 else "NA") for number in range(12)]
    for number, player in enumerate(players):
        api.unlock(player, make_achievement(game, points=10 + number))
    relay()
    return players


def counted() -> dict[Board, int]:
    """The sizes that a recomputation from the ledger gives."""
    with connect(dsn_of()) as database:
        found = boards_of_ledger(database)
    return {Board(name[0], Window(name[1]), name[2], name[3]): len(totals) for name, totals in found.items()}


def expected() -> dict[Board, int]:
    return {board: size for board, size in board_sizes.expected_sizes(now()).items() if size}


def test_sizes_follow_every_unlock_move_and_revocation(api: Api, crowd: list[Player], game: Game, relay: Relay) -> None:
    again = make_achievement(game)
    api.unlock(crowd[0], again)
    api.unlock(crowd[1], again)
    edit_player(player_id=crowd[1].id, region="OC")
    relay()

    assert expected() == counted()
    board_sizes.fold()
    assert BoardSizeChange.objects.count() == 0
    assert expected() == counted()


@pytest.mark.parametrize("loss", ["whole", "part", "regional"])
def test_a_lost_board_is_served_from_postgres_until_it_is_repaired(
    api: Api, crowd: list[Player], game: Game, relay: Relay, settings: Any, loss: str
) -> None:
    path = f"leaderboards/{game.id}{'?region=EU' if loss == 'regional' else ''}"
    whole = api.get(path).json()
    board = Board(game.id, region="EU" if loss == "regional" else None)
    lost_boards.check(now())
    if loss == "part":
        redis.client().zremrangebyrank(board_sets.key_of(board), 3, -1)
    else:
        redis.client().delete(board_sets.key_of(board))
    api.unlock(crowd[0], make_achievement(game))
    relay()

    lost_boards.confirm_lost([board], now())
    marked = api.get(path).json()
    others = api.get("leaderboards/global").json()
    health = check_boards()
    repaired_boards = lost_boards.check(now())
    repaired = api.get(path).json()

    assert (marked["degraded"], marked["total_players"]) == (True, whole["total_players"])
    assert others["degraded"] is False
    assert health.status == "degraded"
    assert repaired_boards == {board}
    assert repaired == {**marked, "degraded": False}
    assert state.lost_count() == 1
    assert check_boards().status == "up"
    assert "laurel_boards_lost_total 1.0" in Client().get("/metrics").content.decode()
    with connect(dsn_of()) as database:
        assert board_differences(boards_of_ledger(database), settings.REDIS_URL) == []


def test_only_what_differs_twice_is_taken_for_lost(crowd: list[Player], game: Game) -> None:
    redis.client().delete(board_sets.key_of(Board(game.id)))

    assert lost_boards.check(now()) == set()
    assert lost_boards.check(now()) == {Board(game.id)}
    assert lost_boards.check(now()) == set()


def test_boards_of_several_regions_and_of_friends_know_of_the_loss(api: Api, crowd: list[Player], game: Game) -> None:
    before = api.get(f"leaderboards/{game.id}?region=EU,NA").json()
    redis.client().delete(board_sets.key_of(Board(game.id, region="EU")))

    lost_boards.mark([Board(game.id, region="EU")])

    assert api.get(f"leaderboards/{game.id}?region=EU,NA").json() == {**before, "degraded": True}
    place = api.get(f"leaderboards/{game.id}/players/{crowd[1].id}?region=EU").json()
    assert (place["degraded"], place["total_players"]) == (True, 6)
    lost_boards.check(now())
    assert api.get(f"leaderboards/{game.id}?region=EU,NA").json() == before


def test_looking_costs_a_row_a_board_and_no_scan_of_standings(crowd: list[Player]) -> None:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        lost_boards.check(now())

    assert [query["sql"] for query in queries if "standing" in query["sql"]] == []
    assert BoardSize.objects.count() == 2 * 4 * 2


def test_sizes_that_were_counted_wrong_are_corrected_by_the_rebuild(crowd: list[Player], game: Game) -> None:
    BoardSizeChange.objects.update(change=7)
    lost_boards.check(now())

    assert len(lost_boards.check(now())) > 0
    assert lost_boards.check(now()) == set()
    assert expected() == counted()


def test_the_nightly_check_corrects_sizes(crowd: list[Player]) -> None:
    board_sizes.fold()
    BoardSize.objects.update(player_count=3)
    JobSlot.objects.all().delete()

    run_due(find_job("reconcile_boards"))

    assert expected() == counted()


def test_a_sample_that_finds_a_board_wrong_has_the_whole_board_rebuilt(
    crowd: list[Player], game: Game, settings: Any
) -> None:
    key = board_sets.key_of(Board(game.id))
    redis.client().zadd(key, {player.id.bytes: -5 for player in crowd})

    repaired = reconciliation.reconcile_players([player.id for player in crowd[:8]], now())

    assert (repaired.boards, repaired.entries) == (1, 0)
    assert state.lost_count() == 1
    with connect(dsn_of()) as database:
        assert board_differences(boards_of_ledger(database), settings.REDIS_URL) == []


def test_a_few_wrong_entries_are_repaired_by_themselves(crowd: list[Player], game: Game) -> None:
    redis.client().zadd(board_sets.key_of(Board(game.id)), {player.id.bytes: -5 for player in crowd[:5]})

    repaired = reconciliation.reconcile_players([player.id for player in crowd], now())

    assert (repaired.boards, repaired.entries) == (0, 5)
    assert state.lost_count() == 0


def test_a_board_is_found_again_by_its_name(game: Game) -> None:
    for board in board_sizes.expected_sizes(now()):
        assert board_of(board.name) == board
    assert board_of(Board(game.id, region="EU").name) == Board(game.id, region="EU")


def test_a_relay_that_stops_in_the_middle_of_a_rebuild_gives_its_lease_back(
    crowd: list[Player], monkeypatch: pytest.MonkeyPatch
) -> None:
    redis.client().delete(board_sets.BUILT_KEY)
    loop, whole = RelayLoop(), rebuild.chunks_of_scope

    def stopped_at_the_first_chunk(*window: Any) -> Iterator[Any]:
        loop.stop()
        yield from whole(*window)

    monkeypatch.setattr(rebuild, "chunks_of_scope", stopped_at_the_first_chunk)

    loop.run()

    assert redis.client().exists(board_sets.BUILT_KEY) == 0
    assert state.read_state() == state.BoardsState(is_stale=True, rebuild_id=None)
    monkeypatch.undo()
    subscribers.keep_boards()
    assert check_boards().status == "up"


def test_a_rebuild_whose_process_was_killed_is_ended_by_the_next_relay(crowd: list[Player], game: Game) -> None:
    BoardState.objects.update(claim_token=game.id, lease_until=now() - timedelta(seconds=1))

    subscribers.keep_boards()

    assert state.read_state() == state.BoardsState(is_stale=False, rebuild_id=None)
    assert state.renew_lease(game.id) is None


def test_of_several_relays_one_looks(boards: None) -> None:
    assert [lost_boards.is_my_turn() for _ in range(3)] == [True, False, False]
