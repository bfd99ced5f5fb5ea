"""Whether this checkout is slower than another commit: flow after flow on both stacks in turn, round after round."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory

from tests.supervised import CHECKOUT, Stack, supervised_stack
from tests.tools.load.report import Result
from tests.tools.load.scenarios import LONG, SCENARIOS
from tests.tools.load.stack_bench import ACHIEVEMENTS, PLAYERS, Bench, Plan
from tests.tools.load.targets import local_target
from tests.tools.load.world import World

ROUNDS = 5
# "No slower": at least so much of the other's rate, with the middle half of the rounds in a band so narrow.
RATIO_MIN, SPREAD_MAX = 0.97, 0.05
# How often a flow that is not found to be no slower is measured again, all rounds of it.
AGAIN_MAX = 2
CONNECTIONS, DELAY_RATE = 16, 167.0
# Measured by how late something is seen; all others by how much the closed loop gets through.
DELAYS = ("to-board", "to-socket")
# None of Laurel's own code, or offered at what the machine does, or minutes a run.
LEFT_OUT = ("redis", "insert", "to-page", "real-game", *LONG)
FLOWS = tuple(name for name in SCENARIOS if name not in LEFT_OUT)
# Run by the other commit's Python in its own checkout: its tables are its own.
MAKE_WORLD = """
import json, sys
from dataclasses import asdict
try:
    from tests.tools.load.world import make_world
except ImportError:  # until 29 November 2026
    from tests.load.world import make_world
dsn, players, achievements = sys.argv[1:]
print(json.dumps(asdict(make_world(dsn, label="compared", players=int(players), achievements=int(achievements)))))
"""
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Comparison:
    """How much of the other commit's rate this checkout reached in a flow, by round."""

    flow: str
    ratios: Sequence[float]
    # The other's CPU a request, of all its parts, over this checkout's: where rates differ too much, a steadier figure.
    cpu_ratios: Sequence[float] = ()

    @property
    def median(self) -> float:
        return median(self.ratios)

    @property
    def spread(self) -> float:
        """The width of the middle half of the rounds, as a share of the median."""
        return _spread(self.ratios)

    @property
    def is_no_slower(self) -> bool:
        return self.median >= RATIO_MIN and self.spread < SPREAD_MAX

    @property
    def verdict(self) -> str:
        if self.is_no_slower:
            return "no slower"
        return "SLOWER" if self.spread < SPREAD_MAX else "UNCLEAR: the rounds differ too much"

    def line(self) -> str:
        rounds = " ".join(f"{ratio:.2f}" for ratio in self.ratios)
        figures = f"{self.median:>6.3f} {100 * self.spread:>7.1f} %   {rounds:<26} {self._cpu}"
        return f"  {self.flow:<20} {figures}{self.verdict}"

    @property
    def _cpu(self) -> str:
        if not self.cpu_ratios:
            return ""
        return f"CPU {median(self.cpu_ratios):.3f} ({100 * _spread(self.cpu_ratios):.1f} %)  "


def _spread(ratios: Sequence[float]) -> float:
    if len(ratios) < 2:
        return 0.0
    low, middle, high = quantiles(ratios, method="inclusive")
    return (high - low) / middle if middle else 1.0


@dataclass
class Progress:
    """One line that moves on a terminal, and elsewhere one for each round of a flow."""

    total: int
    done: int = 0
    began: float = field(default_factory=time.monotonic)

    def show(self, what: str) -> None:
        elapsed = time.monotonic() - self.began
        left = f", about {elapsed / self.done * (self.total - self.done) / 60:.0f} min left" if self.done else ""
        text = f"[{self.done}/{self.total}] {what}{left}"
        sys.stdout.write(f"\r{text:<79}" if sys.stdout.isatty() else f"{text}\n")
        sys.stdout.flush()
        self.done += 1


def is_commit(name: str) -> bool:
    command = ["git", "rev-parse", "--quiet", "--verify", f"{name}^{{commit}}"]
    return subprocess.run(command, cwd=CHECKOUT, capture_output=True, check=False).returncode == 0


def compare(commit: str, flows: Sequence[str], *, seconds: float, say: Say, connections: int = CONNECTIONS) -> bool:
    """Measure and print every flow's ratio; return whether all are no slower."""
    with ExitStack() as cleanup:
        benches = _prepare(cleanup, commit, seconds, say)
        for bench in benches:
            bench.wire.wait(time.perf_counter() + 4.0)
        found = settle(flows, lambda names: _rounds(benches, names, connections), say)
    say(
        f"\nof the rate of {commit}, {ROUNDS} rounds in turn\n  {'flow':<20} median    spread   rounds"
        "\n  CPU is the other's a request over this checkout's: above 1 this one uses less"
    )
    for comparison in found.values():
        say(comparison.line())
    faults = [whose for whose, bench in zip(("this checkout", commit), benches, strict=True) if bench.is_failed]
    if faults:
        say(f"Nothing of this counts: there were errors among the answers of {' and '.join(faults)}.")
    return not faults and all(comparison.is_no_slower for comparison in found.values())


def settle(
    flows: Sequence[str], measure: Callable[[Sequence[str]], Mapping[str, Comparison]], say: Say
) -> dict[str, Comparison]:
    """Measure all flows, and those not found to be no slower again, up to AGAIN_MAX times; the last time counts."""
    found = dict(measure(flows))
    for _ in range(AGAIN_MAX):
        again = [flow for flow, comparison in found.items() if not comparison.is_no_slower]
        if not again:
            break
        say("\nonce more, as these differ too much or are slower:")
        for flow in again:
            say(found[flow].line())
        found |= measure(again)
    return found


def _rounds(benches: Sequence[Bench], flows: Sequence[str], connections: int) -> dict[str, Comparison]:
    """Who comes first changes from round to round, as the second finds the machine warmer."""
    progress = Progress(ROUNDS * len(flows))
    ratios: dict[str, list[float]] = {flow: [] for flow in flows}
    cpu_ratios: dict[str, list[float]] = {flow: [] for flow in flows}
    for number in range(ROUNDS):
        for flow in flows:
            progress.show(f"round {number + 1} of {ROUNDS}: {flow}")
            here, there = _round(benches, flow, connections, is_turned=bool(number % 2))
            ratios[flow].append(goodness(here) / goodness(there) if goodness(there) else 0.0)
            if server_cpu(here):
                cpu_ratios[flow].append(server_cpu(there) / server_cpu(here))
    return {flow: Comparison(flow, found, cpu_ratios[flow]) for flow, found in ratios.items()}


def _round(benches: Sequence[Bench], flow: str, connections: int, *, is_turned: bool) -> Sequence[Result]:
    """Return a flow's results on both, measured again where one answered nothing: a busy machine may freeze so long."""
    for _ in range(1 + AGAIN_MAX):
        results = {id(bench): _result(bench, flow, connections) for bench in benches[:: -1 if is_turned else 1]}
        if all(map(goodness, results.values())):
            break
    return [results[id(bench)] for bench in benches]


def _result(bench: Bench, flow: str, connections: int) -> Result:
    """Run a flow once."""
    is_delay = flow in DELAYS
    bench.plan = Plan(bench.plan.seconds, [DELAY_RATE] if is_delay else [], [] if is_delay else [connections])
    SCENARIOS[flow](bench)
    return bench.results[-1]


def server_cpu(result: Result) -> int:
    """Return the microseconds of CPU a request that the stack used, all parts together; 0 where none were measured."""
    return sum(used for name, used in result.cpu_microseconds.items() if name != "generator")


def goodness(result: Result) -> float:
    """Return what is better the greater it is: the rate, or of delays how often the median one fits into a second."""
    if result.connections is not None:
        return result.summary.rate
    return 1000 / result.summary.p50 if result.summary.p50 else 0.0


def _prepare(cleanup: ExitStack, commit: str, seconds: float, say: Say) -> list[Bench]:
    """Start this checkout and the other one, each with a world of its own, and return their benches in this order."""
    say(f"taking {commit} out of git ...")
    other = cleanup.enter_context(taken_out(commit))
    python = _python_of(other, say)
    say("starting both ...")
    stacks = [
        cleanup.enter_context(supervised_stack(checkout=checkout, python=its_python))
        for checkout, its_python in ((CHECKOUT, sys.executable), (other, python))
    ]
    benches = [Bench(stack, local_target(stack.base_url), Plan(seconds, [], []), _nothing) for stack in stacks]
    for bench in benches:
        bench.world = _world_of(bench.stack)
    return benches


@contextmanager
def taken_out(commit: str) -> Iterator[Path]:
    """Write a commit's files into a folder of that name, gone afterwards. Raises: CalledProcessError."""
    with TemporaryDirectory(prefix="laurel-compared-") as folder:
        path = Path(folder)
        # An embedded PostgreSQL that runs as another user walks through here.
        path.chmod(0o755)
        checkout = path / commit.replace("/", "-")
        checkout.mkdir()
        archive = subprocess.run(["git", "archive", commit], cwd=CHECKOUT, check=True, capture_output=True).stdout
        subprocess.run(["tar", "-x"], cwd=checkout, input=archive, check=True)
        yield checkout


def _python_of(checkout: Path, say: Say) -> str:
    """Return a Python that has what the commit requires: this one, unless it requires something else."""
    lists = ("requirements.txt", "tests/requirements.txt")
    if all((checkout / name).read_bytes() == (CHECKOUT / name).read_bytes() for name in lists):
        return sys.executable
    say("installing what it requires ...")
    subprocess.run([sys.executable, "achievements_site/bootstrap.py", *lists], cwd=checkout, check=True)
    return str(checkout / ".venv/bin/python")


def _world_of(stack: Stack) -> World:
    command = [stack.python, "-c", MAKE_WORLD, stack.database_url, str(PLAYERS), str(ACHIEVEMENTS)]
    return World(**json.loads(subprocess.run(command, cwd=stack.checkout, check=True, capture_output=True).stdout))


def _nothing(_text: str) -> None:
    """The lines of a single flow, which a comparison has no room for."""
