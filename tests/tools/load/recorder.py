"""What a run measured: every latency, counted and summed up."""

import math
from array import array
from collections import Counter
from dataclasses import dataclass, field

# Answers that never came, beside HTTP statuses.
NO_RESPONSE = 0
LATENCIES_MAX = 5_000_000


@dataclass(frozen=True, slots=True)
class Summary:
    """A run in numbers; latencies in milliseconds, None without a single good answer."""

    rate: float
    count: int
    p50: float | None
    p95: float | None
    p99: float | None
    worst: float | None
    errors: dict[int, int]


@dataclass
class Recorder:
    """Collects latencies of good answers in seconds, and counts the rest by status."""

    latencies: "array[float]" = field(default_factory=lambda: array("d"))
    errors: Counter[int] = field(default_factory=Counter)
    # How many units of work one good answer stands for: 100 for a batch of 100.
    weight: int = 1
    started_at: float = 0.0
    ended_at: float = 0.0

    def good(self, seconds: float) -> None:
        if len(self.latencies) >= LATENCIES_MAX:
            raise OverflowError(f"More than {LATENCIES_MAX:,} answers in one run; make it shorter.")
        self.latencies.append(seconds)

    def bad(self, status: int) -> None:
        self.errors[status] += 1

    def summary(self) -> Summary:
        """Return exact percentiles (nearest rank) of everything recorded."""
        ordered = sorted(self.latencies)
        elapsed = self.ended_at - self.started_at
        return Summary(
            rate=len(ordered) * self.weight / elapsed if elapsed > 0 else 0.0,
            count=len(ordered) * self.weight,
            p50=percentile(ordered, 50),
            p95=percentile(ordered, 95),
            p99=percentile(ordered, 99),
            worst=percentile(ordered, 100),
            errors=dict(self.errors),
        )


def percentile(ordered: list[float], percent: float) -> float | None:
    """Return the nearest-rank percentile of sorted seconds, in milliseconds."""
    if not ordered:
        return None
    rank = max(1, math.ceil(len(ordered) * percent / 100))
    return ordered[rank - 1] * 1000
