"""`make bench`: starts Laurel, puts every flow under load from this machine, and prints what it did.

Open loop at the target rates with latencies from the scheduled time, then the most it sustains in the closed loop, and
for reads half of that in the open loop; beside the same server's empty view and what Redis and PostgreSQL alone do, in
the same run.
"""

import argparse
import json
import signal
import sys
from contextlib import nullcontext
from pathlib import Path
from time import perf_counter

import orjson

from tests.supervised import Stack, supervised_stack
from tests.tools.load.compare import CONNECTIONS, FLOWS, compare, is_commit
from tests.tools.load.generator import SECONDS_MAX
from tests.tools.load.machine import this_machine
from tests.tools.load.report import as_json, header, ratios
from tests.tools.load.scenarios import LONG, RUNGS, SCENARIOS, with_rungs
from tests.tools.load.stack_bench import Bench, Plan
from tests.tools.load.targets import local_target

STARTING_SECONDS = 4.0
# What a shell says of a program that Ctrl-C ended.
STOPPED = 130


def main(arguments: list[str] | None = None) -> int:
    options = _options(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    machine = this_machine()
    _say(f"Laurel bench on {machine.line()}")
    if options.compare:
        flows, seconds = options.scenario or FLOWS, options.seconds or 3.0
        connections = (options.connections or [CONNECTIONS])[0]
        is_no_slower = compare(options.compare, flows, seconds=seconds, connections=connections, say=_say)
        return 0 if is_no_slower else 1
    with _stack(options) as stack:
        bench = Bench(
            stack,
            local_target(stack.base_url),
            Plan(options.seconds or 10.0, options.rates, options.connections or [1, 16, 64], is_halved=True),
            _say,
        )
        _say(f"against {stack.base_url}; the load generator runs beside it on the same cores\n\n{header()}")
        is_stopped = False
        try:
            # Celery's worker and beat are still starting when the web answers.
            bench.wire.wait(perf_counter() + STARTING_SECONDS)
            for name in with_rungs(options.scenario or [name for name in SCENARIOS if name not in LONG]):
                SCENARIOS[name](bench)
        except KeyboardInterrupt:
            is_stopped = True
            _say("\nStopped early.")
    for base, title in RUNGS.values():
        if lines := ratios(bench.results, to=base):
            _say("\n".join([f"\nclosed-loop rate, times that of {title}", *lines]))
    if options.json:
        options.json.write_bytes(orjson.dumps(as_json(machine, bench.results), option=orjson.OPT_INDENT_2))
    if is_stopped:
        return STOPPED
    return 1 if bench.is_failed else 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.tools.load.bench", description=__doc__)
    parser.add_argument("--seconds", type=_seconds, help="of each run (10, in a comparison 3)")
    parser.add_argument("--rates", type=float, nargs="+", default=[167.0, 500.0], help="offered in the open loop")
    parser.add_argument(
        "--connections", type=int, nargs="+", help="in the closed loop (1 16 64); in a comparison one number (16)"
    )
    parser.add_argument(
        "--scenario",
        action="append",
        choices=list(SCENARIOS),
        help=f"only this; may be repeated. Only on request: {', '.join(LONG)}",
    )
    parser.add_argument("--base-url", help="a server that runs already, on this machine; needs --demo")
    parser.add_argument("--demo", type=Path, help="its demo.json, with servers.json beside it")
    parser.add_argument("--compare", metavar="COMMIT", help="print each flow's ratio to that commit, both in turn")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the results there")
    options = parser.parse_args(arguments)
    if bool(options.base_url) != bool(options.demo):
        parser.error("--base-url and --demo go together.")
    if options.compare and (options.base_url or options.json or not set(options.scenario or ()) <= set(FLOWS)):
        parser.error(f"--compare starts both itself, prints only, and knows the flows {', '.join(FLOWS)}.")
    if options.compare and len(options.connections or [CONNECTIONS]) > 1:
        parser.error("--compare measures at one number of connections.")
    if options.compare and not is_commit(options.compare):
        parser.error(f"git knows no commit {options.compare}.")
    return options


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 < seconds <= SECONDS_MAX:
        raise argparse.ArgumentTypeError(f"{text} is not between 0 and {SECONDS_MAX:.0f}")
    return seconds


def _stack(options: argparse.Namespace):  # type: ignore[no-untyped-def]
    if options.base_url:
        json.loads(options.demo.read_text())
        local_target(options.base_url)
        return nullcontext(Stack(options.demo.parent, options.base_url.rstrip("/")))
    _say("starting Laurel in a folder of its own ...")
    return supervised_stack()


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(STOPPED)
