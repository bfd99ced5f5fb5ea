"""A running Laurel, started as people start it, that is killed and emptied in the middle of a stream of unlocks."""

from collections.abc import Iterator

import pytest

from tests.chaos.faults import FLUSH, Fault
from tests.chaos.storm import weather
from tests.load.targets import local_target
from tests.load.world import World, make_world
from tests.supervised import Stack, supervised_stack

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(400)]


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    with supervised_stack() as stack:
        yield stack


def world_of(stack: Stack, label: str) -> World:
    return make_world(stack.database_url, label=label, players=2000, achievements=50, friends=5)


def test_kills_of_web_relay_and_servers_lose_and_double_nothing(stack: Stack) -> None:
    world = world_of(stack, "kills")
    faults = [Fault(1.0, "relay"), Fault(2.0, "web"), Fault(5.0, "postgres"), Fault(9.0, "valkey"), Fault(9.2, "relay")]
    faults += [Fault(3.0, "worker"), Fault(7.0, "worker")]

    aftermath = weather(stack, local_target(stack.base_url), world, faults, rate=80, seconds=12)

    assert aftermath.findings == []
    assert sorted(aftermath.hits) == ["postgres", "relay", "relay", "valkey", "web", "worker", "worker"]
    assert aftermath.memory.failures > 0
    assert len(aftermath.memory.firsts) > 1000


def test_boards_come_back_by_themselves_after_redis_was_emptied(stack: Stack) -> None:
    world = world_of(stack, "emptied")
    faults = [Fault(1.0, FLUSH), Fault(1.6, FLUSH), Fault(4.0, FLUSH)]

    aftermath = weather(stack, local_target(stack.base_url), world, faults, rate=80, seconds=6)

    assert aftermath.findings == []
    assert aftermath.hits == [FLUSH] * 3
    assert aftermath.memory.failures == 0
    assert aftermath.summary.errors == {}
