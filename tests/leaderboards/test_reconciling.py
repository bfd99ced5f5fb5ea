"""Drift is found, repaired and reported; what only waits in the outbox is not drift."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from apps.analytics.models import AchievementCounter, GameCounter
from apps.core.background.scheduled_jobs import dry_run, find_job, run_due
from apps.core.clock import now
from apps.core.database.sql import fetch_value
from apps.core.models import JobSlot
from apps.core.redis import client as redis
from apps.games.models import Achievement, Game
from apps.leaderboards.boards.board import PLATFORM_ID
from apps.leaderboards.models import Standing
from apps.leaderboards.repair import reconciliation
from apps.leaderboards.standings import player_counts
from apps.players.actions.rulings import untrack_player
from apps.players.models import Player
from tests.conftest import Api
from tests.factories import make_achievement, make_game, make_player
from tests.own_database import all_differences, dsn_of
from tests.recompute import board_differences, boards_of_ledger, connect

pytestmark = pytest.mark.django_db(transaction=True)
Relay = Callable[[], int]


@pytest.fixture
def settled(api: Api, alice: Player, bob: Player, game: Game, relay: Relay, boards: None) -> Game:
    for player in (alice, bob):
        for points in (10, 20):
            api.unlock(player, make_achievement(game, points=points))
    relay()
    return game


def run(name: str) -> dict[str, int]:
    JobSlot.objects.all().delete()
    run_due(find_job(name))
    counts: dict[str, int] = JobSlot.objects.get().counts
    return counts


def board(game: Game, window: str = "all", region: str = "-") -> str:
    (key,) = redis.client().scan_iter(f"board:{game.id.hex}:{window}:*:{region}")
    return str(key.decode())


def lose_standing(game: Game, alice: Player, bob: Player) -> None:
    Standing.objects.filter(player_id=alice.id, scope_id=game.id, window="week").delete()


def invent_standing(game: Game, alice: Player, bob: Player) -> None:
    row = Standing.objects.get(player_id=alice.id, scope_id=game.id, window="all")
    Standing.objects.create(
        **{
            name: getattr(row, name)
            for name in ("points", "unlock_count", "reached_at", "region", "opened_on", "window")
        },
        player_id=alice.id,
        scope_id=make_game().id,
    )


def miscount_points(game: Game, alice: Player, bob: Player) -> None:
    Standing.objects.filter(player_id=bob.id).update(points=7)


def misplace_region(game: Game, alice: Player, bob: Player) -> None:
    Standing.objects.filter(player_id=bob.id).update(region="OC")


def lose_entry(game: Game, alice: Player, bob: Player) -> None:
    redis.client().zrem(board(game, region="EU"), alice.id.bytes)


def misplace_entry(game: Game, alice: Player, bob: Player) -> None:
    redis.client().zadd(board(game), {alice.id.bytes: -5})


def invent_entry(game: Game, alice: Player, bob: Player) -> None:
    redis.client().zadd(board(game, "day"), {make_player().id.bytes: -5})


FAULTS = [*(lose_standing, invent_standing, miscount_points, misplace_region, lose_entry, misplace_entry, invent_entry)]


@pytest.mark.parametrize("fault", FAULTS)
def test_the_nightly_check_repairs_any_fault_and_says_so(
    settled: Game, alice: Player, bob: Player, settings: Any, fault: Callable[[Game, Player, Player], None]
) -> None:
    assert all_differences(settings) == []
    fault(settled, alice, bob)
    assert all_differences(settings) != []

    counts = run("reconcile_boards")

    assert all_differences(settings) == []
    assert sum(counts[name] for name in ("standings_repaired", "entries_repaired", "boards_rebuilt")) > 0
    again = run("reconcile_boards")
    assert sum(again[name] for name in ("standings_repaired", "entries_repaired", "boards_rebuilt")) == 0


WRONG = {
    "region": "OC",
    "points": 7,
    "unlock_count": 9,
    "reached_at": datetime(2020, 1, 1, tzinfo=UTC),
    "uncounted_points": 5,
}


@pytest.mark.parametrize("column", WRONG)
def test_each_column_of_a_standing_is_repaired(settled: Game, alice: Player, relay: Relay, column: str) -> None:
    untrack_player(player_id=alice.id, decided_by="command")
    relay()
    standings = Standing.objects.filter(player=alice).order_by("pk")
    before = list(standings.values())
    standings.update(**{column: WRONG[column]})

    repaired = reconciliation.reconcile_players([alice.id], now())

    assert repaired.standings == len(before) == 8
    assert list(standings.values()) == before
    assert {(row["points"], row["uncounted_points"]) for row in before} == {(0, 30)}


def test_numbers_of_players_and_unlocks_follow_what_is_repaired(settled: Game, bob: Player) -> None:
    standings = Standing.objects.filter(player=bob, window="all")
    standings.filter(scope_id=settled.id).delete()
    player_counts.note(settled.id, -1)
    standings.filter(scope_id=PLATFORM_ID).update(unlock_count=9)
    player_counts.note(PLATFORM_ID, 0, 7)

    reconciliation.reconcile_players([bob.id], now())

    assert player_counts.counts_of([settled.id]) == {settled.id: 2}
    assert player_counts.platform_unlocks() == 4


def test_samples_come_to_everyone(db: None) -> None:
    players = {make_player(created_at=now()).id for _ in range(12)}

    seen = {player_id for _ in range(300) for player_id in reconciliation.some_players(limit=6)}

    assert seen == players


def test_a_sample_repairs_what_it_finds(settled: Game, alice: Player, bob: Player, settings: Any) -> None:
    miscount_points(settled, alice, bob)
    lose_entry(settled, alice, bob)

    reconciliation.reconcile_players(reconciliation.some_players(limit=2), now())
    repaired = reconciliation.reconcile_players([alice.id, bob.id], now())

    assert repaired.players == 2
    assert all_differences(settings) == []


@pytest.mark.parametrize("fault", FAULTS)
def test_a_dry_run_says_what_is_wrong_and_leaves_it(
    settled: Game, alice: Player, bob: Player, settings: Any, fault: Callable[[Game, Player, Player], None]
) -> None:
    fault(settled, alice, bob)
    before = all_differences(settings)

    counts = dry_run(find_job("reconcile_boards"), now(), chunks_max=10, progress=lambda done: None)

    assert sum(counts[name] for name in ("standings_repaired", "entries_repaired", "boards_rebuilt")) > 0
    assert all_differences(settings) == before != []


def test_what_waits_in_the_outbox_is_left_alone(
    api: Api, settled: Game, alice: Player, relay: Relay, settings: Any
) -> None:
    api.unlock(alice, make_achievement(settled, points=30))

    assert run("reconcile_boards")["standings_repaired"] == 0
    assert run("reconcile_counters")["counters_repaired"] == 0
    relay()

    assert all_differences(settings) == []


def test_while_boards_are_missing_nothing_is_repaired(settled: Game, alice: Player, bob: Player) -> None:
    redis.client().flushdb()
    miscount_points(settled, alice, bob)

    assert reconciliation.reconcile_players([bob.id], now()) == reconciliation.Repaired()


def test_counters_are_repaired_by_the_difference(
    api: Api, settled: Game, alice: Player, relay: Relay, settings: Any
) -> None:
    AchievementCounter.objects.update(unlock_count=100)
    GameCounter.objects.all().delete()
    waiting = make_achievement(settled)
    api.unlock(alice, waiting)

    assert run("reconcile_counters")["counters_repaired"] == 5
    relay()

    assert all_differences(settings) == []
    assert GameCounter.objects.get(game_id=settled.id).unlock_count == 5
    assert run("reconcile_counters")["counters_repaired"] == 0


def test_the_plain_recomputation_finds_boards_at_all(settled: Game, settings: Any, achievement: Achievement) -> None:
    with connect(dsn_of()) as connection:
        boards = boards_of_ledger(connection)

    assert len(boards) == 2 * 4 * 3
    assert board_differences(boards, settings.REDIS_URL) == []


def test_comparing_with_the_ledger_may_take_longer_than_a_request(
    alice: Player, boards: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits = []
    monkeypatch.setattr(
        reconciliation, "_drifts", lambda *_: limits.append(fetch_value("SHOW statement_timeout")) or []
    )

    reconciliation.reconcile_players([alice.id], now())

    assert (limits, fetch_value("SHOW statement_timeout")) == (["40s"], "5s")
