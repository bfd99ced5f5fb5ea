"""Checks all sockets of a process every few seconds, instead of a timer per socket."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Protocol

import structlog

from apps.core.realtime.per_loop import PerLoop

log = structlog.get_logger(__name__)

# Including the round, under the five seconds in which a log-out, a ban or a lost push must be detected.
ROUND_SECONDS = 4.0
# Requests to hurry come by the thousand when Redis returns; one round serves them all.
HURRY_SECONDS = 0.1


Errand = Callable[[], Awaitable[None]]


class Watched(Protocol):
    def check(self, moment: float) -> None: ...

    def farewell(self) -> None: ...


class Watch:
    """A loop's sockets, and the work of each round; it runs while there are any."""

    def __init__(self) -> None:
        self._sockets: set[Watched] = set()
        self._errands: list[Errand] = []
        self._hurry = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        # Set for good: what opens from then on is sent away as soon as it is open.
        self.is_leaving = False

    def add(self, socket: Watched) -> None:
        self._sockets.add(socket)
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._run())

    def remove(self, socket: Watched) -> None:
        self._sockets.discard(socket)
        if not self._sockets:
            self._hurry.set()

    def every_round(self, errand: Errand) -> None:
        """Register work for each round, and for one more after the last socket has closed."""
        self._errands.append(errand)

    def hurry(self) -> None:
        """Start the next round at once."""
        self._hurry.set()

    def farewell(self) -> None:
        """Make all clients reconnect elsewhere."""
        self.is_leaving = True
        for socket in tuple(self._sockets):
            socket.farewell()

    async def ended(self) -> None:
        """Return when the last socket has closed and its round is done."""
        if self._task is not None:
            await self._task

    async def _run(self) -> None:
        while self._sockets:
            try:
                async with asyncio.timeout(ROUND_SECONDS):
                    await self._hurry.wait()
                await asyncio.sleep(HURRY_SECONDS if self._sockets else 0)
            except TimeoutError:
                pass
            self._hurry.clear()
            await self.round(time.monotonic())
        self._task = None

    async def round(self, moment: float) -> None:
        """Check every socket, then run the registered work concurrently."""
        for socket in tuple(self._sockets):
            socket.check(moment)
        await asyncio.gather(*map(_run_errand, self._errands))


async def _run_errand(errand: Errand) -> None:
    try:
        # A frozen database must not stop the checks.
        async with asyncio.timeout(ROUND_SECONDS):
            await errand()
    except Exception:
        log.exception("watch.errand_failed")


watch = PerLoop(Watch)
