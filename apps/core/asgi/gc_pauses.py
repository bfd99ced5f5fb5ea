"""How long garbage collection holds everything up, one log line a pause; asked for by LOG_GC_PAUSES."""

import asyncio
import gc
from time import perf_counter, thread_time
from typing import Any

import structlog

log = structlog.get_logger(__name__)

PAUSE_SECONDS_MIN = 0.001


def log_pauses(loop: asyncio.AbstractEventLoop) -> None:
    """Log every collection from now on that takes over PAUSE_SECONDS_MIN."""
    began_at = cpu_before = 0.0

    def note(phase: str, info: dict[str, Any]) -> None:
        nonlocal began_at, cpu_before
        if phase == "start":
            began_at, cpu_before = perf_counter(), thread_time()
        elif (seconds := perf_counter() - began_at) >= PAUSE_SECONDS_MIN:
            # A collection may begin in the middle of writing a line of the log, and no line may begin there.
            loop.call_soon_threadsafe(_say, info, seconds, thread_time() - cpu_before)

    gc.callbacks.append(note)


def _say(info: dict[str, object], seconds: float, cpu_seconds: float) -> None:
    log.info(
        "gc.paused",
        generation=info["generation"],
        collected=info["collected"],
        milliseconds=round(seconds * 1000, 1),
        # Less than the other on a machine that has more to do than it can.
        cpu_milliseconds=round(cpu_seconds * 1000, 1),
    )
