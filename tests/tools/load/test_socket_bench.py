"""The bench of sockets against a running Laurel, with few of them."""

import sys

import pytest

from tests.supervised import Stack
from tests.tools.load.process import LimitTooLowError, raise_descriptor_limit
from tests.tools.load.socket_scenarios import CrowdBench, CrowdPlan
from tests.tools.load.stack_bench import Bench, Plan
from tests.tools.load.targets import local_target
from tests.tools.load.world import make_world

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
SOCKETS = 30


def test_a_crowd_opens_receives_its_unlocks_and_comes_again(live_stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.tools.load.socket_scenarios.WARM_UP_SECONDS", 0.2)
    monkeypatch.setattr("tests.tools.load.socket_scenarios.CALM_ROUND_SECONDS", 0.1)
    monkeypatch.setattr("tests.tools.load.crowd.HEARTBEAT_SECONDS", 0.2)
    # Two addresses for so few.
    monkeypatch.setattr("tests.tools.load.crowd.SOCKETS_AN_ADDRESS", 20)
    said: list[str] = []
    bench = Bench(live_stack, local_target(live_stack.base_url), Plan(0.5, [], []), said.append, listening=SOCKETS)
    bench.world = make_world(live_stack.database_url, label="crowd", players=200, achievements=3)
    crowd = CrowdBench(bench, CrowdPlan(SOCKETS, open_rate=200, idle_seconds=0.5, delivery_rate=40, reconnects=1))

    crowd.run()

    results = {result.scenario: result for result in bench.results}
    assert list(results) == ["sockets open", "heartbeats", "delivery", "reconnect all"]
    assert [result.summary.errors for result in bench.results] == [{}, {}, {}, {}], said
    assert results["sockets open"].summary.count == results["reconnect all"].summary.count == SOCKETS
    assert results["delivery"].summary.count == 20
    assert results["heartbeats"].summary.count >= SOCKETS
    counted = {limit.what: limit.measured for limit in crowd.limits if limit.most == 0}
    assert counted == {"sockets missing at the end": 0, "events out of order": 0, "sockets dropped": 0}


def test_a_limit_of_open_files_that_is_too_low_says_what_to_do() -> None:
    with pytest.raises(LimitTooLowError, match="ulimit -Hn 1000000000"):
        raise_descriptor_limit(1_000_000_000)
