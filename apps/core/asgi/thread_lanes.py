"""Thread pools per kind of request, with bounded waiting.

Kinds have separate lanes where one must continue while the threads of another hang in an unresponsive database.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from django.utils.translation import gettext

from apps.core.asgi.request_bodies import DisconnectedError, Receive

# Requests waiting for a thread: about one second's worth.
WAITING_MAX = 2_000
# A longer wait for a thread ends with 503: 2.5 s here and 5 s in the database would exceed 6.
WAITING_SECONDS_MAX = 2.5


class UnavailableError(Exception):
    """The request can't be served now; its response is 503 with this code and detail."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail


class BusyError(UnavailableError):
    """No thread was free in time, or too many requests are waiting for one."""

    def __init__(self) -> None:
        super().__init__("busy", gettext("Too many requests are waiting. Try again shortly."))


class Lane:
    """A number of threads; waiting requests leave on timeout, or when their client disconnects."""

    def __init__(self, name: str, threads: int) -> None:
        self._threads = ThreadPoolExecutor(max_workers=threads, thread_name_prefix=name)
        self._size = threads
        # Used on the loop only.
        self._under_way = 0

    async def run(self, work: Callable[[], None], receive: Receive) -> None:
        """Run it in a thread. Raises: BusyError, DisconnectedError; then it has not started and never will."""
        if self._under_way >= self._size + WAITING_MAX:
            raise BusyError
        self._under_way += 1
        try:
            future = self._threads.submit(work)
            if self._under_way <= self._size:
                # The usual case.
                await asyncio.wrap_future(future)
            else:
                await self._wait(future, receive)
        finally:
            self._under_way -= 1

    async def _wait(self, future: "Future[None]", receive: Receive) -> None:
        # Once started it can't be cancelled, and is awaited.
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
    """Return when the client has disconnected, whether that cancelled its request."""
    message = await receive()
    return message["type"] == "http.disconnect" and future.cancel()
