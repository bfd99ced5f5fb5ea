"""Micro-batching: concurrent calls are executed together, in a thread beside the event loop.

Nobody waits for a batch to fill: a lone call runs at once. While the maximum of batches runs, later calls queue up, and
start together when one ends. So the cost per call falls with load.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Generic, TypeVar

from django.db import connection

from apps.core.database.budgets import REQUEST_SECONDS, spending

T = TypeVar("T")
R = TypeVar("R")
Batch = list[tuple[T, asyncio.Future[R]]]


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
        self._threads = ThreadPoolExecutor(batches_max, thread_name_prefix="batches")
        # Used on the loop only.
        self._waiting: deque[tuple[T, asyncio.Future[R]]] = deque()
        self._running = 0

    async def call(self, item: T) -> R:
        """Return the item's result, from a batch that may include other callers' items."""
        result: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, result))
        if self._running < self._batches_max:
            self._start()
        return await result

    def _start(self) -> None:
        batch = [self._waiting.popleft() for _ in range(min(len(self._waiting), self._size_max))]
        self._running += 1
        self._threads.submit(self._run, asyncio.get_running_loop(), batch)

    def _run(self, loop: asyncio.AbstractEventLoop, batch: Batch[T, R]) -> None:
        results: Sequence[R] = ()
        error: Exception | None = None
        try:
            with spending(self._database_seconds):
                results = self._work([item for item, _ in batch])
        except Exception as raised:  # noqa: BLE001 - raised again for every caller of the batch
            error = raised
        finally:
            # Returned to the pool: no request ends in this thread.
            connection.close()
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
