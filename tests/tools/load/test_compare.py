"""The comparison of two commits, and the flows of one player against a running Laurel."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from django.conf import settings

from apps.core.redis.client import client
from tests.supervised import CHECKOUT, Stack
from tests.tools.load import bench as bench_command
from tests.tools.load.bare_read import KEY, bare_read
from tests.tools.load.compare import FLOWS, Comparison, goodness, server_cpu, settle, taken_out
from tests.tools.load.recorder import Summary
from tests.tools.load.report import Result, ratios
from tests.tools.load.scenarios import SCENARIOS, with_rungs
from tests.tools.load.stack_bench import Bench, Plan
from tests.tools.load.targets import local_target
from tests.tools.load.world import make_world

STEADY = (0.98, 0.99, 1.0, 1.01, 0.97)
SLOW = (0.91, 0.92, 0.92, 0.93, 0.92)
SUMMARY = Summary(rate=1_500.0, count=1, p50=8.0, p95=9.0, p99=9.0, worst=9.0, errors={})
WILD = (0.7, 0.9, 1.0, 1.2, 1.4)


@pytest.mark.parametrize(
    ("ratios", "median", "spread", "verdict"),
    [
        (STEADY, 0.99, 0.0202, "no slower"),
        (SLOW, 0.92, 0.0, "SLOWER"),
        (WILD, 1.0, 0.3, "UNCLEAR: the rounds differ too much"),
        ((0.97, 0.97, 0.97, 0.97, 0.97), 0.97, 0.0, "no slower"),
        ((0.0, 0.0, 0.0, 0.0, 0.0), 0.0, 1.0, "UNCLEAR: the rounds differ too much"),
    ],
)
def test_a_verdict_is_of_the_median_and_the_middle_half(
    ratios: Sequence[float], median: float, spread: float, verdict: str
) -> None:
    comparison = Comparison("rank", ratios)

    assert (comparison.median, round(comparison.spread, 4), comparison.verdict) == (median, spread, verdict)


def test_cpu_is_shown_beside_the_rate_and_leaves_the_verdict_alone() -> None:
    costs = Result("rank", SUMMARY, connections=16, cpu_microseconds={"web": 900, "postgres": 100, "generator": 70})

    assert server_cpu(costs) == 1_000
    line = Comparison("rank", STEADY, [0.80, 0.80, 0.81]).line()
    assert line.endswith("CPU 0.800 (0.6 %)  no slower")


def test_what_is_not_found_to_be_no_slower_is_measured_again_and_twice_at_most() -> None:
    scripts = {"ping": [STEADY], "rank": [WILD, STEADY], "board": [SLOW, SLOW, SLOW, STEADY]}
    calls: list[list[str]] = []

    def measure(flows: Sequence[str]) -> dict[str, Comparison]:
        calls.append(list(flows))
        return {flow: Comparison(flow, scripts[flow].pop(0)) for flow in flows}

    found = settle(list(scripts), measure, lambda _: None)

    assert calls == [["ping", "rank", "board"], ["rank", "board"], ["board"]]
    verdicts = {flow: comparison.verdict for flow, comparison in found.items()}
    assert verdicts == {"ping": "no slower", "rank": "no slower", "board": "SLOWER"}


def test_a_later_sight_of_an_unlock_is_worse_and_a_higher_rate_is_better() -> None:
    assert goodness(Result("rank", SUMMARY, connections=16)) == 1_500.0
    assert goodness(Result("unlock-to-board", SUMMARY, offered_rate=167.0)) == 125.0


def test_the_other_commit_is_checked_out_whole_and_removed() -> None:
    with taken_out("HEAD") as checkout:
        assert (checkout / "manage.py").read_bytes() == (CHECKOUT / "manage.py").read_bytes()
        assert not (checkout / ".git").exists()

    assert not checkout.parent.exists()


def test_an_unknown_commit_is_refused_before_anything_starts(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as refused:
        bench_command.main(["--compare", "no-such-commit"])

    assert refused.value.code == 2
    assert "git knows no commit no-such-commit." in capsys.readouterr().err


def test_the_flows_of_one_player_and_of_a_key_are_answered(live_stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    bench = Bench(live_stack, local_target(live_stack.base_url), Plan(0.2, [100], [2]), said.append, listening=0)
    bench.world = world = make_world(live_stack.database_url, label="flows", players=3_010, achievements=2)
    demo = {"game": {"id": world.game_id, "live_key": world.live_key}}
    monkeypatch.setattr(Stack, "demo", property(lambda _: demo))
    bench.offer("unlock single", bench.singles(bench.pairs), 10)
    bench.settle()

    for flow in ("keyed-achievements", "player-unlocks", "player-list", "first-unlocks", "first-list"):
        SCENARIOS[flow](bench)

    assert [(result.scenario, result.load) for result in bench.results[1:]] == [
        (name, load)
        for name in ("achievements, keyed", "player's unlocks", "player's list", "unlocks, first", "list, first")
        for load in ("100/s offered", "max, 2 conn.")
    ]
    assert [result.summary.errors for result in bench.results] == [{}] * 11, said
    assert {"keyed-achievements", "player-unlocks", "player-list"} <= set(FLOWS)


def test_a_run_has_what_its_flows_are_put_beside_and_shows_each_as_a_ratio() -> None:
    results = [
        Result(name, replace(SUMMARY, rate=rate), connections=16)
        for name, rate in (("ping", 4_000.0), ("bare read", 20_000.0), ("board page", 3_000.0))
    ]

    assert with_rungs(["board", "board-pages"]) == ["ping", "redis", "insert", "board", "board-pages"]
    assert with_rungs(["insert", "ping"]) == ["redis", "insert", "ping"]
    assert [ratio.split() for ratio in ratios(results, to="ping")] == [
        ["bare", "read", "5.00", "at", "16"],
        ["board", "page", "0.75", "at", "16"],
    ]
    assert [ratio.split()[-3] for ratio in ratios(results, to="bare read")] == ["0.20", "0.15"]


def test_redis_alone_is_read_by_every_client_and_left_as_it_was() -> None:
    summary = bare_read(settings.REDIS_URL, clients=3, seconds=0.2)

    assert summary.count > 3
    assert summary.errors == {}
    assert client().exists(KEY.decode()) == 0
