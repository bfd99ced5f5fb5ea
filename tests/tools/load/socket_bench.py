"""`make bench-sockets`: starts Laurel, opens very many sockets in its one web process, and prints what they cost.

Ends with 1 when a limit is missed. Two minutes when nothing else runs; Linux only, for loopback addresses and /proc.
"""

import argparse
import os
import signal
import sys
from math import inf
from pathlib import Path
from time import perf_counter
from unittest.mock import patch

import orjson

from tests.supervised import Stack, supervised_stack
from tests.tools.load.bench import STARTING_SECONDS, STOPPED
from tests.tools.load.machine import this_machine
from tests.tools.load.process import LimitTooLowError, raise_descriptor_limit
from tests.tools.load.report import as_json, header
from tests.tools.load.scenarios import SCENARIOS
from tests.tools.load.socket_scenarios import DELIVERY_P99_MAX, CrowdBench, CrowdPlan, Limit
from tests.tools.load.stack_bench import Bench, Plan
from tests.tools.load.targets import local_target

# Besides a socket's one: pools, logs, and the connections of the load itself.
DESCRIPTORS_SPARE = 2_000
SOCKETS_MAX = 15_000


def main(arguments: list[str] | None = None) -> int:
    options = _options(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        raise_descriptor_limit(max(options.sockets, options.listening) + DESCRIPTORS_SPARE)
    except LimitTooLowError as error:
        _say(str(error))
        return 1
    machine = this_machine()
    # What others do on the machine is in every figure but memory and CPU.
    _say(f"Laurel's sockets on {machine.line()}, load {os.getloadavg()[0]:.1f} before")
    _say("starting Laurel in a folder of its own ...")
    with patch.dict(os.environ, LOG_GC_PAUSES="true"), supervised_stack() as stack:
        crowded, listening = _benches(stack, options)
        crowded.wire.wait(perf_counter() + STARTING_SECONDS)
        _say(f"against {stack.base_url}; the load generator runs beside it on the same cores\n\n{header()}")
        limits = _measure(crowded, listening, options)
    _say("\n".join(["\nlimits", *(limit.line() for limit in limits)]))
    if options.json:
        results = as_json(machine, [*crowded.results, *listening.results])
        results["limits"] = [{"what": item.what, "measured": item.measured, "most": item.most} for item in limits]
        options.json.write_bytes(orjson.dumps(results, option=orjson.OPT_INDENT_2))
    is_met = all(limit.is_met for limit in limits)
    return 0 if is_met and not crowded.is_failed and not listening.is_failed else 1


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.tools.load.socket_bench", description=__doc__)
    parser.add_argument("--sockets", type=_count, default=10_000, help="in the one web process (10,000)")
    parser.add_argument("--open-rate", type=float, default=500.0, help="sockets opened a second at first (500)")
    parser.add_argument("--delivery-rate", type=float, default=500.0, help="unlocks a second of their players (500)")
    parser.add_argument("--listening", type=_count, default=2_000, help="sockets beside the ordinary load (2,000)")
    parser.add_argument("--rate", type=float, default=167.0, help="unlocks a second of the ordinary load (167)")
    parser.add_argument("--reconnects", type=int, choices=range(11), default=1, help="of all at once (1)")
    parser.add_argument("--seconds", type=float, default=10.0, help="of each run (10)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the results there")
    options = parser.parse_args(arguments)
    if not (0 < options.seconds <= 60 and 0 < options.rate <= 1_000 and 0 < options.delivery_rate <= 1_000):
        parser.error("--seconds is at most 60, rates are at most 1,000.")
    return options


def _count(text: str) -> int:
    if not 1 <= int(text) <= SOCKETS_MAX:
        raise argparse.ArgumentTypeError(f"{text} is not between 1 and {SOCKETS_MAX:,}")
    return int(text)


def _benches(stack: Stack, options: argparse.Namespace) -> tuple[Bench, Bench]:
    target, plan = local_target(stack.base_url), Plan(options.seconds, [options.rate], [])
    crowded = Bench(stack, target, plan, _say, listening=options.sockets)
    return crowded, Bench(stack, target, plan, _say, wire=crowded.wire, listening=options.listening)


def _measure(crowded: Bench, listening: Bench, options: argparse.Namespace) -> list[Limit]:
    """Run the crowd first: memory of a socket shows only in a process that has had none."""
    crowd = CrowdBench(
        crowded,
        CrowdPlan(options.sockets, options.open_rate, options.seconds, options.delivery_rate, options.reconnects),
    )
    crowd.run()
    crowded.settle()
    SCENARIOS["to-socket"](listening)
    p99 = listening.results[-1].summary.p99
    return [*crowd.limits, Limit("p99 of unlock to socket, ms", p99 or inf, DELIVERY_P99_MAX)]


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(STOPPED)
