"""`make chaos`: kills parts of a running Laurel under load, then proves that nothing was lost or doubled."""

import argparse
import secrets
import signal
import sys

from tests.supervised import supervised_stack
from tests.tools.chaos.faults import FLUSH, WEB_PROCESS, random_faults
from tests.tools.chaos.storm import Aftermath, weather
from tests.tools.load.targets import local_target
from tests.tools.load.world import make_world

PARTS = ("web", WEB_PROCESS, "relay", "worker", "postgres", "valkey", FLUSH)


def main(arguments: list[str] | None = None) -> int:
    options = _options(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    _say("starting Laurel in a folder of its own ...")
    with supervised_stack(WEB_PROCESSES=str(options.web_processes)) as stack:
        world = make_world(
            stack.database_url, label=f"chaos-{secrets.token_hex(3)}", players=5000, achievements=100, friends=5
        )
        parts = options.part or [part for part in PARTS if part != WEB_PROCESS or options.web_processes > 1]
        faults = random_faults(parts, options.seconds, every=options.every, seed=options.seed)
        _say(f"{options.rate:.0f} requests/s for {options.seconds:.0f} s, seed {options.seed}, with these faults:")
        target = local_target(stack.base_url)
        aftermath = weather(stack, target, world, faults, rate=options.rate, seconds=options.seconds, say=_say)
    return _report(aftermath)


def _report(aftermath: Aftermath) -> int:
    memory, summary = aftermath.memory, aftermath.summary
    _say(
        f"\n{len(aftermath.hits)} faults hit\n"
        f"{len(memory.attempted):,} different unlocks reported: {len(memory.firsts):,} answered 201, "
        f"{sum(map(len, memory.repeats.values())):,} times 200, {memory.failures:,} failed and tried again\n"
        f"answers by status of failure: {summary.errors or 'none'}; p50 {summary.p50 or 0:.1f} ms, "
        f"p99 {summary.p99 or 0:.1f} ms, worst {summary.worst or 0:.0f} ms\n"
        f"everything agreed with the ledger {aftermath.calm_after:.1f} s after the load ended"
    )
    if aftermath.findings:
        _say("\nBROKEN PROMISES\n" + "\n".join(aftermath.findings))
        return 1
    _say(
        "Every 2xx is in the ledger exactly once; standings, boards, counters and notifications, also of friends, "
        "equal a recomputation."
    )
    return 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.tools.chaos.run", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0, help="of load (60)")
    parser.add_argument("--rate", type=float, default=150.0, help="requests a second (150)")
    parser.add_argument("--every", type=float, default=5.0, help="seconds between faults, on average (5)")
    parser.add_argument("--web-processes", type=int, default=2, help="of the stack (2); of several, one is killed")
    parser.add_argument("--part", action="append", choices=PARTS, help="only this part; may be repeated")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10_000), help="to repeat a run")
    return parser.parse_args(arguments)


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        # What a shell says of a program that Ctrl-C ended; the stack is down by now.
        sys.exit(130)
