"""Results as a table for people and as JSON for comparing revisions."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from tests.tools.load.machine import Machine
from tests.tools.load.recorder import NO_RESPONSE, Summary

COLUMNS = ("scenario", "load", "rate/s", "p50 ms", "p95 ms", "p99 ms", "max ms", "errors", "remark")
WIDTHS = (30, 17, 9, 9, 9, 9, 9, 12, 0)


@dataclass(frozen=True, slots=True)
class Result:
    """One line of the report; `connections` is None in the open loop."""

    scenario: str
    summary: Summary
    connections: int | None = None
    offered_rate: float | None = None
    # CPU a request by part of the stack, the generator's own among them.
    cpu_microseconds: dict[str, int] = field(default_factory=dict)
    remark: str = ""
    # What else was measured, by name and unit, for the JSON.
    figures: dict[str, float] = field(default_factory=dict)

    @property
    def load(self) -> str:
        if self.connections is not None:
            return f"max, {self.connections} conn."
        return f"{self.offered_rate:,.0f}/s offered" if self.offered_rate else ""


def header() -> str:
    return _columns(COLUMNS)


def line(result: Result) -> str:
    summary = result.summary
    times = [_milliseconds(value) for value in (summary.p50, summary.p95, summary.p99, summary.worst)]
    rate = f"{summary.rate:,.0f}" if summary.rate >= 100 else f"{summary.rate:,.1f}"
    cpu = " ".join(f"{name} {value:,}" for name, value in result.cpu_microseconds.items())
    remark = ", ".join(filter(None, [f"CPU us: {cpu}" if cpu else "", result.remark]))
    return _columns((result.scenario, result.load, rate, *times, _errors(summary.errors), remark))


def ratios(results: Sequence[Result], *, to: str) -> list[str]:
    """Return lines that put each closed-loop rate beside that of scenario `to` at the same number of connections."""
    base = {item.connections: item.summary.rate for item in results if item.scenario == to and item.connections}
    lines = []
    for name in dict.fromkeys(item.scenario for item in results if item.scenario != to):
        parts = [
            f"{item.summary.rate / base[item.connections]:.2f} at {item.connections}"
            for item in results
            if item.scenario == name and item.connections in base and base[item.connections]
        ]
        if parts:
            lines.append(f"  {name:<{WIDTHS[0]}} {', '.join(parts)}")
    return lines


def as_json(machine: Machine, results: Sequence[Result]) -> dict[str, Any]:
    return {"machine": asdict(machine), "results": [{**asdict(item), "load": item.load} for item in results]}


def _columns(values: Sequence[str]) -> str:
    cells = [
        value.ljust(width) if number < 2 or number > 7 else value.rjust(width)
        for number, (value, width) in enumerate(zip(values, WIDTHS, strict=True))
    ]
    return "  ".join(cells).rstrip()


def _milliseconds(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"


def _errors(errors: dict[int, int]) -> str:
    names = {NO_RESPONSE: "none"}
    return " ".join(f"{count}x{names.get(status, status)}" for status, count in sorted(errors.items())) or "0"
