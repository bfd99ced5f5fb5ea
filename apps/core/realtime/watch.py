"""One look a few seconds apart at all sockets of a process, in the place of timers in each."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Protocol

import structlog

from apps.core.realtime.per_loop import PerLoop

log = structlog.get_logger(__name__)

# With the round itself under the five seconds within which a log-out, a ban or a lost push is noticed.
ROUND_SECONDS = 4.0
# Reasons to hurry come by the thousand when Redis returns; one round answers them all.
HURRY_SECONDS = 0.1


Errand = Callable[[], Awaitable[None]]


class Watched(Protocol):
    def check(self, moment: float) -> None: ...

    def farewell(self) -> None: ...


class Watch:
    """The sockets of a loop, and what is done for them in each round; it runs while there are any."""

    def __init__(self) -> None:
        self._sockets: set[Watched] = set()
        self._errands: list[Errand] = []
        self._hurry = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def add(self, socket: Watched) -> None:
        self._sockets.add(socket)
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._run())

    def remove(self, socket: Watched) -> None:
        self._sockets.discard(socket)
        if not self._sockets:
            self._hurry.set()

    def every_round(self, errand: Errand) -> None:
        """Have something done in each round, and once more when the last socket has gone."""
        self._errands.append(errand)

    def hurry(self) -> None:
        """Have the next round at once."""
        self._hurry.set()

    def farewell(self) -> None:
        """Send all clients elsewhere."""
        for socket in tuple(self._sockets):
            socket.farewell()

    async def ended(self) -> None:
        """Return when the last socket has gone and been seen off."""
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
        """Look at every socket, then run the errands, which don't wait for each other."""
        for socket in tuple(self._sockets):
            socket.check(moment)
        await asyncio.gather(*map(_run_errand, self._errands))


async def _run_errand(errand: Errand) -> None:
    try:
        # A frozen database must not keep us from looking after the sockets.
        async with asyncio.timeout(ROUND_SECONDS):
            await errand()
    except Exception:
        log.exception("watch.errand_failed")


watch = PerLoop(Watch)
