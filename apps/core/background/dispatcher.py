"""Sending workers to queues that have work: one message at a time for each queue, from a thread beside the caller."""

import threading

import structlog
from django.db import close_old_connections
from kombu.exceptions import KombuError

from apps.core.background.relay import periodic
from apps.core.background.tasks import drain_work_queue
from apps.core.background.work_queues import LATE, WorkQueue, all_work_queues, find_work_queue, mark_enqueued
from apps.core.circuit_breakers import Breaker, BreakerOpenError
from apps.core.clock import now

log = structlog.get_logger(__name__)

# A message that has waited for so long is worthless: others have been sent since.
MESSAGE_SECONDS = 60
LOOK_SECONDS = 0.25

breaker = Breaker("broker")


class _Dispatcher:
    """A daemon thread that sends the messages, because giving up on a frozen broker takes seconds."""

    def __init__(self) -> None:
        self._names: set[str] = set()
        self._wanted = threading.Event()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def dispatch(self, name: str) -> None:
        with self._lock:
            self._names.add(name)
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="dispatcher", daemon=True)
                self._thread.start()
        self._wanted.set()

    def _run(self) -> None:
        while True:
            self._wanted.wait()
            self._wanted.clear()
            with self._lock:
                names, self._names = self._names, set()
            for name in sorted(names):
                enqueue(name)


_dispatcher = _Dispatcher()
# Have a worker drain the queue of this name soon, unless a message is on its way already. Call after the commit.
dispatch = _dispatcher.dispatch


class _FallbackWorkers:
    """Threads in which the relay does late work itself, one a queue, so that a slow queue holds up no other."""

    def __init__(self) -> None:
        self._threads: dict[str, threading.Thread] = {}

    def start(self, queue: WorkQueue) -> None:
        """Process a chunk, unless one is being processed."""
        busy = self._threads.get(queue.name)
        if busy is None or not busy.is_alive():
            self._threads[queue.name] = threading.Thread(target=_do_chunk, args=[queue], daemon=True)
            self._threads[queue.name].start()

    def wait(self) -> None:
        """Return when every chunk that was begun is done."""
        for thread in self._threads.values():
            thread.join()


fallback_workers = _FallbackWorkers()


@periodic(seconds=LOOK_SECONDS)
def run_due_work() -> None:
    """Run due work: workers first, this relay if they are late."""
    moment = now()
    for queue in all_work_queues():
        since = queue.waiting_since()
        if since is None:
            continue
        dispatch(queue.name)
        if moment - since > LATE:
            fallback_workers.start(queue)


def _do_chunk(queue: WorkQueue) -> None:
    try:
        queue.work()
    except Exception:
        log.exception("work_queue.failed", work_queue=queue.name)
    finally:
        close_old_connections()


def enqueue(name: str) -> None:
    """Send a worker the message, unless one is on its way. `run_due_work` makes up for one that fails."""
    if not mark_enqueued(name):
        return
    options = {"queue": find_work_queue(name).queue, "expires": MESSAGE_SECONDS, "retry": False}
    try:
        breaker.call(
            lambda: drain_work_queue.apply_async(kwargs={"name": name}, **options), failures=(KombuError, OSError)
        )
    except BreakerOpenError:
        pass
    except Exception as error:  # noqa: BLE001
        # Whatever a broker's client raises, this thread must survive for the next message.
        log.warning("broker.down", work_queue=name, error=str(error)[:200])
