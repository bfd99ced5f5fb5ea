"""Micro-batching: concurrent calls are executed together, in a thread beside the event loop.

Nobody waits for a batch to fill: a lone call runs at once. While the maximum of batches runs, later calls queue up, and
start together when one ends. So the cost per call falls with load.
"""

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from queue import Empty, SimpleQueue
from time import monotonic
from typing import Generic, TypeVar

from django.db import connection

from apps.core.database.budgets import REQUEST_SECONDS, spending

T = TypeVar("T")
R = TypeVar("R")
Batch = list[tuple[T, asyncio.Future[R]]]

# A thread keeps its database connection for so long without work: taking one from the pool and giving it back, and a
# server's session that is no longer in the processor's cache, cost a quarter of a lone unlock's CPU.
IDLE_SECONDS_MAX = 0.05
# With work, too, it gives it back so often: the pool checks and replaces those that it has.
HELD_SECONDS_MAX = 1.0


class MicroBatcher(Generic[T, R]):
    """Runs `work` on batches of at most `size_max` items, at most `batches_max` at a time.

    `work` returns one result per item, in order, and may wait for the database for `database_seconds`. Its exceptions
    are raised for every caller of the batch.
    """

    def __init__(
        self,
        work: Callable[[Sequence[T]], Sequence[R]],
        *,
        batches_max: int,
        size_max: int,
        database_seconds: float = REQUEST_SECONDS,
    ) -> None:
        self._work = work
        self._batches_max = batches_max
        self._size_max = size_max
        self._database_seconds = database_seconds
        self._threads = _Threads()
        # Used on this loop only.
        self._loop: asyncio.AbstractEventLoop | None = None
        self._waiting: deque[tuple[T, asyncio.Future[R]]] = deque()
        self._running = 0

    async def call(self, item: T) -> R:
        """Return the item's result, from a batch that may include other callers' items."""
        loop = asyncio.get_running_loop()
        if loop is not self._loop:
            # A loop that ended while a batch ran never learned that this has ended.
            self._loop, self._running = loop, 0
            self._waiting.clear()
        result: asyncio.Future[R] = loop.create_future()
        self._waiting.append((item, result))
        if self._running < self._batches_max:
            self._start()
        return await result

    def _start(self) -> None:
        batch = [self._waiting.popleft() for _ in range(min(len(self._waiting), self._size_max))]
        self._running += 1
        loop = asyncio.get_running_loop()
        self._threads.submit(lambda: self._run(loop, batch), count=self._running)

    def _run(self, loop: asyncio.AbstractEventLoop, batch: Batch[T, R]) -> None:
        results: Sequence[R] = ()
        error: Exception | None = None
        try:
            with spending(self._database_seconds):
                results = self._work([item for item, _ in batch])
        except Exception as raised:  # noqa: BLE001 - raised again for every caller of the batch
            error = raised
            # Perhaps for what has happened to it.
            connection.close()
        # A loop that has been closed has nobody who waits.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(self._finish, batch, results, error)

    def _finish(self, batch: Batch[T, R], results: Sequence[R], error: Exception | None) -> None:
        self._running -= 1
        if self._waiting:
            self._start()
        for number, (_, result) in enumerate(batch):
            if result.done():
                continue  # Its caller has gone.
            if error is None:
                result.set_result(results[number])
            else:
                result.set_exception(error)


class _EndedError(Exception):
    """No more work comes."""


class _Threads:
    """Threads that do work in the order it comes, and end with this object."""

    def __init__(self) -> None:
        self._count = 0
        self._work: SimpleQueue[Callable[[], object]] = SimpleQueue()

    def __del__(self) -> None:
        for _ in range(self._count):
            self._work.put(_end)

    def submit(self, work: Callable[[], object], *, count: int) -> None:
        """Have work done, by one of at least `count` threads."""
        self._work.put(work)
        if self._count < count:
            self._count += 1
            name = f"batches-{self._count}"
            threading.Thread(target=_work_off, args=[self._work], name=name, daemon=True).start()


def _work_off(queue: SimpleQueue[Callable[[], object]]) -> None:
    """Do what comes, in one thread, which keeps its database connection while more comes."""
    try:
        while True:
            # To the pool: no request ends in this thread, with which Django would return it.
            connection.close()
            queue.get()()
            until = monotonic() + HELD_SECONDS_MAX
            with suppress(Empty):
                while monotonic() < until:
                    queue.get(timeout=IDLE_SECONDS_MAX)()
    except _EndedError:
        connection.close()


def _end() -> None:
    raise _EndedError
