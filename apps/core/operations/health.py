"""The health of all dependencies: each is checked in its own thread, within two seconds."""

import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Literal

import structlog
from django.db import close_old_connections
from django.db.utils import InterfaceError, OperationalError
from django.utils.functional import Promise
from django.utils.translation import gettext
from psycopg_pool import PoolTimeout

from apps.core.database.budgets import spending

log = structlog.get_logger(__name__)

Status = Literal["up", "degraded", "down"]
RESPONSE_SECONDS_MAX = 2.0
# Without these nothing can be recorded; without the others Laurel continues.
ESSENTIAL = frozenset({"database", "migrations", "disk"})


@dataclass(frozen=True, slots=True)
class Finding:
    """A check's result, in a sentence that reveals nothing to strangers."""

    status: Status
    detail: str


@dataclass(frozen=True, slots=True)
class Check:
    name: str
    status: Status
    latency_ms: float
    detail: str

    @property
    def label(self) -> str:
        """The name in the words of pages."""
        return str(_labels.get(self.name) or self.name.capitalize())


@dataclass(frozen=True, slots=True)
class HealthReport:
    status: Status
    checks: list[Check]


@dataclass(frozen=True, slots=True)
class _RunningCheck:
    since: float
    response: "Future[Check]"


_checks: dict[str, Callable[[], Finding]] = {}
_labels: dict[str, Promise | None] = {}
_running: dict[str, _RunningCheck] = {}
_lock = threading.Lock()
_threads = ThreadPoolExecutor(max_workers=16, thread_name_prefix="health")


def health_check(name: str, label: Promise | None = None) -> Callable[[Callable[[], Finding]], Callable[[], Finding]]:
    """Register a check, with the word that pages have for it if it is another; an exception counts as down."""

    def register(check: Callable[[], Finding]) -> Callable[[], Finding]:
        _checks[name], _labels[name] = check, label
        return check

    return register


def examine(names: Iterable[str] | None = None) -> HealthReport:
    """Run the named checks, or all; return after RESPONSE_SECONDS_MAX at the latest.

    A check that still hangs is not started again, and concurrent callers share its result.
    """
    running = {name: _start(name) for name in (_checks if names is None else names)}
    now = time.monotonic()
    patience = max((item.since + RESPONSE_SECONDS_MAX - now for item in running.values()), default=0)
    wait([item.response for item in running.values()], timeout=max(patience, 0))
    checks = [item.response.result() if item.response.done() else _silent(name, item) for name, item in running.items()]
    return HealthReport(_overall(checks), checks)


def _start(name: str) -> _RunningCheck:
    with _lock:
        running = _running.get(name)
        if running is None or running.response.done():
            running = _running[name] = _RunningCheck(time.monotonic(), _threads.submit(_run, name))
        return running


def _run(name: str) -> Check:
    began_at = time.monotonic()
    try:
        with spending(RESPONSE_SECONDS_MAX):
            finding = _checks[name]()
    except Exception as error:  # noqa: BLE001 - the other checks still count
        log.warning("health.check_failed", check=name, error=str(error)[:200])
        finding = Finding("down", _failure_words(name, error))
    finally:
        close_old_connections()
    return Check(name, finding.status, round((time.monotonic() - began_at) * 1000, 1), finding.detail)


def _failure_words(name: str, error: Exception) -> str:
    """Return why a check failed; most read the database."""
    if not isinstance(error, OperationalError | InterfaceError | PoolTimeout):
        return gettext("The check failed ({error}).").format(error=type(error).__name__)
    return gettext("It is not responding.") if name == "database" else gettext("The database is not responding.")


def _silent(name: str, running: _RunningCheck) -> Check:
    seconds = time.monotonic() - running.since
    return Check(
        name, "down", round(seconds * 1000, 1), gettext("No response in {seconds:.0f} seconds.").format(seconds=seconds)
    )


def _overall(checks: list[Check]) -> Status:
    troubled = {check.name: check.status for check in checks if check.status != "up"}
    if any(troubled.get(name) == "down" for name in ESSENTIAL):
        return "down"
    return "degraded" if troubled else "up"
