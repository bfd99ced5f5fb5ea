"""Logs pauses by garbage collection, one line each; enabled by LOG_GC_PAUSES."""

import asyncio
import gc
from time import perf_counter, thread_time
from typing import Any

import structlog

log = structlog.get_logger(__name__)

PAUSE_SECONDS_MIN = 0.001


def log_pauses(loop: asyncio.AbstractEventLoop) -> None:
    """Log every collection from now on that exceeds PAUSE_SECONDS_MIN."""
    began_at = cpu_before = 0.0

    def note(phase: str, info: dict[str, Any]) -> None:
        nonlocal began_at, cpu_before
        if phase == "start":
            began_at, cpu_before = perf_counter(), thread_time()
        elif (seconds := perf_counter() - began_at) >= PAUSE_SECONDS_MIN:
            # A collection may start while a log line is being written, which must not be interrupted by another.
            loop.call_soon_threadsafe(_log, info, seconds, thread_time() - cpu_before)

    gc.callbacks.append(note)


def _log(info: dict[str, object], seconds: float, cpu_seconds: float) -> None:
    log.info(
        "gc.paused",
        generation=info["generation"],
        collected=info["collected"],
        milliseconds=round(seconds * 1000, 1),
        # Below the wall time on an overloaded machine.
        cpu_milliseconds=round(cpu_seconds * 1000, 1),
    )
