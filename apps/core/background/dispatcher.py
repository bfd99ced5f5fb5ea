"""Asking workers to do a backlog: once however often it is asked for, and never in the way of who asks."""

import threading

import structlog
from django.db import close_old_connections
from kombu.exceptions import KombuError

from apps.core.background.relay import keeper
from apps.core.background.tasks import work_off
from apps.core.background.work_queues import LATE, Backlog, all_backlogs, begin_asking, find_backlog
from apps.core.circuit_breakers import Breaker, BreakerOpenError
from apps.core.clock import now

log = structlog.get_logger(__name__)

# A message that waited for so long is worthless: others have been sent since.
MESSAGE_SECONDS = 60
LOOK_SECONDS = 0.25

breaker = Breaker("broker")


class _Asker:
    """A daemon thread that sends the messages: a frozen broker takes seconds to be given up."""

    def __init__(self) -> None:
        self._names: set[str] = set()
        self._asked = threading.Event()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def ask(self, name: str) -> None:
        with self._lock:
            self._names.add(name)
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="asker", daemon=True)
                self._thread.start()
        self._asked.set()

    def _run(self) -> None:
        while True:
            self._asked.wait()
            self._asked.clear()
            with self._lock:
                names, self._names = self._names, set()
            for name in sorted(names):
                send(name)


_asker = _Asker()
# Have a worker do the backlog of this name soon, unless one was asked to and has not begun. Call after the commit.
ask = _asker.ask


class _StandIns:
    """Threads in which the relay does late work itself, one a backlog: one that is slow holds up no other."""

    def __init__(self) -> None:
        self._threads: dict[str, threading.Thread] = {}

    def step_in(self, made: Backlog) -> None:
        """Do a chunk, unless one is being done."""
        busy = self._threads.get(made.name)
        if busy is None or not busy.is_alive():
            self._threads[made.name] = threading.Thread(target=_do_chunk, args=[made], daemon=True)
            self._threads[made.name].start()

    def wait(self) -> None:
        """Return when what was begun is done."""
        for thread in self._threads.values():
            thread.join()


stand_ins = _StandIns()


@keeper(seconds=LOOK_SECONDS)
def look_after_backlogs() -> None:
    """Have what is due be done: by a worker, and by us when it has been due for long."""
    moment = now()
    for made in all_backlogs():
        since = made.waiting_since()
        if since is None:
            continue
        ask(made.name)
        if moment - since > LATE:
            stand_ins.step_in(made)


def _do_chunk(made: Backlog) -> None:
    try:
        made.work()
    except Exception:
        log.exception("backlog.failed", backlog=made.name)
    finally:
        close_old_connections()


def send(name: str) -> None:
    """Send the message that asks a worker, unless one is under way. What fails is asked for again by the keeper."""
    if not begin_asking(name):
        return
    options = {"queue": find_backlog(name).queue, "expires": MESSAGE_SECONDS, "retry": False}
    try:
        breaker.call(lambda: work_off.apply_async(kwargs={"name": name}, **options), failures=(KombuError, OSError))
    except BreakerOpenError:
        pass
    except Exception as error:  # noqa: BLE001
        # Whatever a broker's client raises, the next message must find this thread alive.
        log.warning("broker.away", backlog=name, error=str(error)[:200])
