"""Early notice of shutdown: uvicorn notifies applications only once all responses are sent, streams included."""

import asyncio
import signal
import threading
from collections.abc import Callable
from functools import partial
from types import FrameType

_ENDING = (signal.SIGTERM, signal.SIGINT)
_is_ending = threading.Event()


def is_ending() -> bool:
    """Whether this process was signalled to end."""
    return _is_ending.is_set()


def on_shutdown(callback: Callable[[], None]) -> None:
    """Call back on this loop at the signal, in addition to the server's own handler."""
    if threading.current_thread() is not threading.main_thread():
        # Signals arrive in the main thread only.
        return
    loop = asyncio.get_running_loop()
    for number in _ENDING:
        before = signal.getsignal(number)
        signal.signal(number, partial(_handle, loop, callback, before))


def _handle(
    loop: asyncio.AbstractEventLoop, callback: Callable[[], None], before: object, number: int, frame: FrameType | None
) -> None:
    _is_ending.set()
    if not loop.is_closed():
        loop.call_soon_threadsafe(callback)
    if callable(before):
        before(number, frame)
