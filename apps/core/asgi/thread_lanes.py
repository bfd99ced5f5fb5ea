"""Threads for requests of one kind, and an end to waiting for one.

Kinds have lanes of their own where one must go on while the threads of another hang in a database that does not answer.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from django.utils.translation import gettext

from apps.core.asgi.request_bodies import DisconnectedError, Receive

# Requests waiting for a thread: about a second's worth.
WAITING_MAX = 2_000
# Who has waited for a thread for so long is told to come again: 2.5 s here and 5 s in the database would be over 6.
WAITING_SECONDS_MAX = 2.5


class UnavailableError(Exception):
    """The request can't be served now; its answer is 503 with this code and detail."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail


class BusyError(UnavailableError):
    """No thread was free in time, or too many requests wait for one."""

    def __init__(self) -> None:
        super().__init__("busy", gettext("Too many requests are waiting. Try again shortly."))


class Lane:
    """So many threads; those who wait for one leave when it takes too long, or when their client has gone."""

    def __init__(self, name: str, threads: int) -> None:
        self._threads = ThreadPoolExecutor(max_workers=threads, thread_name_prefix=name)
        self._size = threads
        # Touched by the loop alone.
        self._under_way = 0

    async def run(self, work: Callable[[], None], receive: Receive) -> None:
        """Run it in a thread. Raises: BusyError, DisconnectedError; then it has not begun and never will."""
        if self._under_way >= self._size + WAITING_MAX:
            raise BusyError
        self._under_way += 1
        try:
            future = self._threads.submit(work)
            if self._under_way <= self._size:
                # Nearly every request.
                await asyncio.wrap_future(future)
            else:
                await self._wait(future, receive)
        finally:
            self._under_way -= 1

    async def _wait(self, future: "Future[None]", receive: Receive) -> None:
        # What has begun can't be cancelled, and is waited for.
        timer = asyncio.get_running_loop().call_later(WAITING_SECONDS_MAX, future.cancel)
        leaving = asyncio.create_task(_left(receive, future))
        try:
            await asyncio.wrap_future(future)
        except asyncio.CancelledError:
            if not future.cancelled():
                raise
            raise (DisconnectedError if leaving.done() and leaving.result() else BusyError) from None
        finally:
            timer.cancel()
            leaving.cancel()


async def _left(receive: Receive, future: "Future[None]") -> bool:
    """Return when the client has gone, whether that ended its request."""
    message = await receive()
    return message["type"] == "http.disconnect" and future.cancel()
