"""The relay: carries out what follows from recorded events, exactly once in effect.

One step is one transaction: claim rows, let every subscriber write what follows, delete the rows, commit. Several
relays may run; a killed one leaves its rows to the next. Hints to sockets go out after the commit.
"""

import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

import orjson
import structlog
from django.db import connection, transaction
from django.db.utils import InterfaceError, OperationalError

from apps.core.background.outbox import Event, decode
from apps.core.realtime import publishing
from apps.core.redis.client import RedisAwayError

E = TypeVar("E", bound=Event)
log = structlog.get_logger(__name__)

# Rows a step: 500 single unlocks touch about 4,000 standings, some 150 ms; more only lengthens the locks.
BATCH_SIZE = 500

# Key of a PostgreSQL advisory lock; any fixed number of our own. Held shared by each step, exclusively by whoever needs
# that none is under way.
STEP_LOCK = 7_110_001

CLAIM = """
DELETE FROM outbox WHERE id = ANY (ARRAY(
    SELECT id FROM outbox WHERE parked_at IS NULL ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED))
RETURNING id, kind, payload::text
"""
# The oldest ones are looked at, not the whole backlog.
BEHIND = """
SELECT true FROM (SELECT created_at FROM outbox WHERE parked_at IS NULL ORDER BY id LIMIT 500) o
WHERE created_at < %s LIMIT 1
"""
PARK = "UPDATE outbox SET parked_at = now(), error = %s WHERE id = ANY(%s)"


@dataclass
class Step:
    """One transaction of the relay, as its subscribers see it."""

    after_commit: list[Callable[[], None]] = field(default_factory=list)
    # What sockets are told once it is committed and kept answers are dropped, made then and sent in one round trip.
    messages: list[Callable[[], list[publishing.Message]]] = field(default_factory=list)
    # The outbox rows it carries out.
    row_ids: list[int] = field(default_factory=list)
    # What is written once at the end for events of every type, by what writes it.
    collected: dict["Closer", list[Any]] = field(default_factory=dict)

    def collect(self, closer: "Closer", items: Iterable[Any]) -> None:
        """Have a closer write these items at the end of the step, with those of events of other types."""
        self.collected.setdefault(closer, []).extend(items)


@dataclass(frozen=True, slots=True)
class Keeper:
    """Something the relay looks after beside its steps."""

    name: str
    seconds: float
    look: Callable[[], None]


Handler = Callable[[Sequence[Any], Step], None]
Closer = Callable[[list[Any], Step], None]
_subscribers: dict[type[Event], list[Handler]] = defaultdict(list)
_closers: list[Closer] = []
keepers: list[Keeper] = []
# Set while this process's relay is told to stop; a keeper that takes long looks now and then.
stopping = threading.Event()


def subscribe(event_type: type[Event]) -> Callable[[Handler], Handler]:
    """Register a handler of (events, step); handlers run in the order of INSTALLED_APPS."""

    def register(handler: Handler) -> Handler:
        _subscribers[event_type].append(handler)
        return handler

    return register


def closer(write: Closer) -> Closer:
    """Register what writes collected items; closers run last, in the order of INSTALLED_APPS.

    So each locks its rows once a step, in key order, and always after the same others: two relays that wrote after each
    type of event could wait for each other in a ring.
    """
    _closers.append(write)
    return write


def keeper(*, seconds: float) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Register something every relay does about every `seconds`, in a thread beside its steps."""

    def register(look: Callable[[], None]) -> Callable[[], None]:
        keepers.append(Keeper(f"{look.__module__}.{look.__qualname__}", seconds, look))
        return look

    return register


def run_step(limit: int = BATCH_SIZE, step: Step | None = None) -> int:
    """Claim up to `limit` events and carry out what follows; return how many were claimed.

    Raises: whatever a subscriber raises, with nothing of the step kept.
    """
    step = step or Step()
    try:
        claimed = _run(limit, step, is_alone=False)
    except _BarrierMetError:
        step.after_commit.clear()
        step.messages.clear()
        claimed = _run(limit, step, is_alone=True)
    for hint in step.after_commit:
        _try_hint(hint)
    _try_hint(lambda: publishing.publish(message for make in step.messages for message in make()))
    return claimed


class StoppingError(Exception):
    """A keeper's work ends early, as the process is to stop."""


class _BarrierMetError(Exception):
    """The step holds an event that must be carried out alone."""


def wait_for_steps() -> None:
    """Wait until no step is under way anywhere, and hold new ones off until this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [STEP_LOCK])


def _run(limit: int, step: Step, *, is_alone: bool) -> int:
    with transaction.atomic():
        _take_turn(is_alone=is_alone)
        rows = _claim(limit)
        step.row_ids = [row_id for row_id, _, _ in rows]
        by_type: dict[type[Event], list[Event]] = defaultdict(list)
        for _, kind, payload in rows:
            item = decode(kind, payload)
            by_type[type(item)].append(item)
        if not is_alone and any(event_type.is_barrier for event_type in by_type):
            raise _BarrierMetError
        # What barriers take back has been done before, if only in this step.
        for event_type, events in sorted(by_type.items(), key=lambda item: item[0].is_barrier):
            for handler in _subscribers[event_type]:
                handler(events, step)
        for closer in _closers:
            if items := step.collected.get(closer):
                closer(items, step)
    return len(rows)


def _take_turn(*, is_alone: bool) -> None:
    """Join the steps under way, or wait until there are none. Before the claim, whose snapshot must be younger."""
    lock = "pg_advisory_xact_lock" if is_alone else "pg_advisory_xact_lock_shared"
    with connection.cursor() as cursor:
        # An outbox that was empty when analysed may hold a million rows an hour later: don't scan on its statistics.
        cursor.execute(f"SELECT {lock}(%s), set_config('enable_seqscan', 'off', true)", [STEP_LOCK])


def is_behind(moment: datetime) -> bool:
    """Whether something that was recorded before the moment is yet to be carried out; what was parked is not."""
    with connection.cursor() as cursor:
        cursor.execute(BEHIND, [moment])
        return cursor.fetchone() is not None


def run_steps_until_empty() -> int:
    """Run steps until nothing is claimable; return how many events that took. Used by tests and commands."""
    total = 0
    while claimed := run_step():
        total += claimed
    return total


class Pace:
    """How many rows the next step takes: all of a batch, or one at a time while something in it fails."""

    def __init__(self) -> None:
        self.limit = BATCH_SIZE

    def run(self) -> int:
        """Run one step and return how many events it took; a failed one counts as full, to be tried again at once.

        An event that fails alone is parked with its error, so that it holds up nobody. Raises: the database's error
        when the database failed; after a time-out, say, the next step is smaller.
        """
        step = Step()
        try:
            claimed = run_step(self.limit, step)
        except (OperationalError, InterfaceError):
            self.limit = max(1, self.limit // 4)
            raise
        except Exception as error:
            if not step.row_ids:
                # Nothing to blame it on, such as a table that isn't there yet.
                raise
            log.exception("relay.step_failed", limit=self.limit)
            if self.limit == 1:
                _park(step.row_ids, error)
            failed, self.limit = self.limit, 1
            return failed
        self.limit = min(BATCH_SIZE, self.limit * 2)
        return claimed


def _claim(limit: int) -> list[tuple[int, str, dict[str, Any]]]:
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, [limit])
        return [(row_id, kind, orjson.loads(payload)) for row_id, kind, payload in sorted(cursor.fetchall())]


def _park(row_ids: list[int], error: Exception) -> None:
    with connection.cursor() as cursor:
        cursor.execute(PARK, [f"{type(error).__name__}: {error}"[:500], row_ids])


def _try_hint(hint: Callable[[], None]) -> None:
    try:
        hint()
    except RedisAwayError:
        log.warning("relay.hint_lost")
