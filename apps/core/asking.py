"""Asking workers to do a backlog: once however often it is asked for, and never in the way of who asks."""

import threading
from contextlib import suppress

import structlog
from celery import current_app
from kombu.exceptions import KombuError

from apps.core import redis
from apps.core.backlogs import LATE, all_backlogs, find_backlog
from apps.core.breakers import Breaker, BreakerOpenError
from apps.core.clock import now
from apps.core.relay import keeper

log = structlog.get_logger(__name__)

TASK = "apps.core.tasks.work_off"
# A worker that was asked and has not begun by then is asked again.
ASKED_SECONDS = 5
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
                _send(name)


_asker = _Asker()


def ask(name: str) -> None:
    """Have a worker do the backlog soon, unless one has been asked to and has not begun. Call after the commit."""
    _asker.ask(name)


def heard(name: str) -> None:
    """Say that a worker has begun, so that what is committed from now on is asked for again."""
    with suppress(redis.RedisAwayError):
        redis.attempt(lambda client: client.delete(_key(name)))


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
            made.work()


def _send(name: str) -> None:
    if not _is_first(name):
        return
    task = current_app.tasks[TASK]
    options = {"queue": find_backlog(name).queue, "expires": MESSAGE_SECONDS, "retry": False}
    try:
        breaker.call(lambda: task.apply_async(kwargs={"name": name}, **options), failures=(KombuError, OSError))
    except BreakerOpenError:
        pass
    except (KombuError, OSError) as error:
        log.warning("broker.away", backlog=name, error=str(error)[:200])


def _is_first(name: str) -> bool:
    try:
        return bool(redis.attempt(lambda client: client.set(_key(name), 1, nx=True, ex=ASKED_SECONDS)))
    except redis.RedisAwayError:
        # One message too many does no harm.
        return True


def _key(name: str) -> str:
    return f"asked:{name}"
