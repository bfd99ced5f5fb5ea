"""Fixtures of what several tests of the core share."""

import io
import logging
from collections.abc import Iterator
from typing import Any

import orjson
import pytest
import structlog

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


class Log:
    """What our formatter makes of records."""

    def __init__(self) -> None:
        self.stream = io.StringIO()

    @property
    def text(self) -> str:
        return self.stream.getvalue()

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [orjson.loads(line) for line in self.text.splitlines()]


@pytest.fixture
def log() -> Iterator[Log]:
    """The log of this process, as files have it."""
    log, root = Log(), logging.getLogger()
    handler = logging.StreamHandler(log.stream)
    ours = (one.formatter for one in root.handlers if isinstance(one.formatter, structlog.stdlib.ProcessorFormatter))
    handler.setFormatter(next(ours))
    root.addHandler(handler)
    yield log
    root.removeHandler(handler)
