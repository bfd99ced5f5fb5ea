"""Fixtures of what several tests of the core share."""

import pytest

from apps.core import circuit_breakers


class Clock:
    """The breakers' clock, set by hand."""

    def __init__(self) -> None:
        self.moment = 1000.0

    def __call__(self) -> float:
        return self.moment


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(circuit_breakers, "monotonic", clock)
    return clock
