"""A board that a crowd reads while it changes, against a running Laurel."""

import pytest

from tests.supervised import Stack
from tests.tools.load.changing_page import measure_unlock_to_page
from tests.tools.load.recorder import Summary
from tests.tools.load.report import Result
from tests.tools.load.stack_bench import Bench, Plan
from tests.tools.load.targets import local_target

# As of a machine that does so little that the tests beside this one don't matter.
SLOW = Summary(rate=500.0, count=1, p50=1.0, p95=1.0, p99=1.0, worst=1.0, errors={})


@pytest.mark.slow
def test_every_unlock_is_on_the_page_within_a_second(live_stack: Stack) -> None:
    said: list[str] = []
    bench = Bench(live_stack, local_target(live_stack.base_url), Plan(1.5, [], []), said.append)
    bench.results.append(Result("ping", SLOW, connections=16))

    measure_unlock_to_page(bench)

    reads, seen = bench.results[1:]
    assert (reads.offered_rate, reads.summary.errors, seen.summary.errors) == (501.0, {}, {}), said
    assert seen.summary.count > 200
    assert seen.summary.p99 is not None
    assert seen.summary.p99 < 1_000
