"""The stream's memory of what it was promised, held against the ledger."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.supervised import Stack
from tests.tools.chaos.stream import Memory, broken_promises
from tests.tools.load.delays import send
from tests.tools.load.targets import local_target
from tests.tools.load.wire import Wire
from tests.tools.load.workloads import Pair, Pairs, UnlockSingle
from tests.tools.load.world import World, make_world


@pytest.fixture(scope="module")
def world(live_stack: Stack) -> World:
    return make_world(live_stack.database_url, label="promises", players=6, achievements=1)


@pytest.fixture(scope="module")
def pairs(world: World) -> Pairs:
    return Pairs(world.player_ids, world.achievement_ids)


@pytest.fixture
def recorded(live_stack: Stack, world: World, pairs: Pairs) -> tuple[Pair, datetime]:
    """A pair that the ledger holds, and since when."""
    wire, target = Wire(), local_target(live_stack.base_url)
    workload = UnlockSingle(target, world.live_key, pairs)
    body, pair = workload.next_request()
    response = send(wire, target, body).json()
    wire.close()
    return pair, datetime.fromisoformat(response["unlocked_at"])


def test_promises_that_hold_leave_nothing_to_report(live_stack: Stack, recorded: tuple[Pair, datetime]) -> None:
    pair, at = recorded
    memory = Memory(attempted={pair}, firsts={pair: [at]}, repeats={pair: [at, at]})

    assert broken_promises(live_stack.database_url, memory) == []


def test_an_acknowledged_unlock_that_is_lost_is_found(live_stack: Stack, recorded: tuple[Pair, datetime]) -> None:
    (player, _), at = recorded
    lost = (player, b"01900000-0000-7000-8000-000000000000")
    memory = Memory(attempted={lost, recorded[0]}, firsts={lost: [at]})

    found = broken_promises(live_stack.database_url, memory)

    assert found[0] == f"unlock of {lost[1].decode()} by {player.decode()} was acknowledged and is lost"


def test_a_second_201_is_found(live_stack: Stack, recorded: tuple[Pair, datetime]) -> None:
    pair, at = recorded
    memory = Memory(attempted={pair}, firsts={pair: [at, at]})

    (found,) = broken_promises(live_stack.database_url, memory)

    assert found.endswith("was answered 201 2 times")


def test_another_time_than_the_returned_one_is_found(live_stack: Stack, recorded: tuple[Pair, datetime]) -> None:
    pair, at = recorded
    memory = Memory(attempted={pair}, firsts={pair: [at]}, repeats={pair: [at + timedelta(seconds=1)]})

    (found,) = broken_promises(live_stack.database_url, memory)

    assert found.endswith(f"confirmed {at + timedelta(seconds=1)}, held {at.astimezone(UTC)}")


def test_an_unlock_that_nobody_reported_is_found(live_stack: Stack, recorded: tuple[Pair, datetime]) -> None:
    (player, achievement), _ = recorded
    memory = Memory(attempted={(player, b"another")})

    (found,) = broken_promises(live_stack.database_url, memory)

    assert found == f"unlock of {achievement.decode()} by {player.decode()} is held and was never reported"
