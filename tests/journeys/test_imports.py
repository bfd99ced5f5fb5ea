"""Imports beside a running relay: whatever is killed, each unlock is there once and everything follows from it."""

import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import psycopg
import pytest

from apps.unlocks.imports.runs import CHUNK_SIZE
from tests.live import is_outbox_empty, wait_until
from tests.recompute import connect, differences
from tests.supervised import Stack
from tests.tools.load.delays import send
from tests.tools.load.past_file import write_past
from tests.tools.load.targets import local_target
from tests.tools.load.wire import Wire
from tests.tools.load.workloads import Pairs, UnlockBatch
from tests.tools.load.world import World, make_world

UNLOCKS, PLAYERS, ACHIEVEMENTS = 12_000, 600, 40
KILLS = 3

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def world(live_stack: Stack) -> World:
    return make_world(live_stack.database_url, label="imported", players=20, achievements=ACHIEVEMENTS)


@pytest.fixture
def database(live_stack: Stack) -> Iterator[psycopg.Connection]:
    with connect(live_stack.database_url) as connection:
        yield connection


def count_of(database: psycopg.Connection, query: str) -> int:
    row = database.execute(query).fetchone()
    return int(row[0]) if row else 0


def test_an_import_killed_at_random_and_run_again_is_there_once(
    live_stack: Stack, world: World, database: psycopg.Connection, tmp_path: Path
) -> None:
    file = tmp_path / "past.csv"
    write_past(file, unlocks=UNLOCKS, players=PLAYERS, achievements=ACHIEVEMENTS, seed=7)
    made = "SELECT count(*) FROM player WHERE handle LIKE 'player-%'"
    before = count_of(database, made)
    imported = f"SELECT count(*) FROM unlock WHERE game_id = '{world.game_id}' AND source = 5"

    # Below the last chunk, whose end is the import's.
    most = UNLOCKS - CHUNK_SIZE
    for number in range(KILLS):
        # Each is killed at a random moment of its work, while a chunk is under way or between two.
        reached = Random(number).randrange(most * number // KILLS, most * (number + 1) // KILLS)
        _kill_once(live_stack, file, lambda least=reached: count_of(database, imported) >= least)
    _report_beside(live_stack, world)
    done = live_stack.manage("import_unlocks", "imported", str(file), "--expect", str(UNLOCKS))
    wait_until(lambda: is_outbox_empty(live_stack), "the relay carries everything out")

    assert "recorded" in done
    assert count_of(database, imported) == UNLOCKS
    created = f"external_identity WHERE game_id = '{world.game_id}' AND external_id LIKE 'past-%'"
    assert count_of(database, f"SELECT count(DISTINCT player_id) FROM {created}") == PLAYERS
    assert count_of(database, made) - before == PLAYERS
    assert differences(live_stack.database_url, live_stack.redis_url) == []


def _kill_once(stack: Stack, file: Path, is_reached: Callable[[], bool]) -> None:
    command = [stack.python, "manage.py", "import_unlocks", "imported", str(file), "--expect", str(UNLOCKS)]
    environment = {**os.environ, **stack.environment}
    with subprocess.Popen(
        command, cwd=stack.checkout, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as running:
        wait_until(lambda: is_reached() or running.poll() is not None, "so much is imported", seconds=60)
        running.kill()
        assert running.wait() == -signal.SIGKILL


def _report_beside(stack: Stack, world: World) -> None:
    """Report live unlocks of players whose past is not in the file."""
    target, wire = local_target(stack.base_url), Wire()
    batch = UnlockBatch(target, world.live_key, Pairs(world.player_ids, world.achievement_ids), size=200)
    assert send(wire, target, batch.next_request()[0]).status == 200
    wire.close()
