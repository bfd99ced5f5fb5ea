"""The relay: processes recorded events, exactly once in effect.

One step is one transaction: claim rows, let every subscriber write its effects, delete the rows, commit. Several
relays may run; the rows of a killed one are claimed by the next. Messages to sockets go out after the commit.
"""

import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from itertools import chain, groupby
from typing import Any, TypeVar

import orjson
import structlog
from django.db import connection, transaction
from django.db.utils import InterfaceError, OperationalError

from apps.core.background.outbox import Event, decode, ordered_kinds, versions_of
from apps.core.realtime import publishing
from apps.core.redis.cache_versions import change_versions_now
from apps.core.redis.client import RedisUnavailableError
from apps.core.redis.versioned_cache import renew_epoch

E = TypeVar("E", bound=Event)
log = structlog.get_logger(__name__)

# Rows per step: 500 single unlocks touch about 4,000 standings, some 150 ms; more only holds locks longer.
BATCH_SIZE = 500

# Key of a PostgreSQL advisory lock; any fixed number. Each step holds it shared; who needs that no step runs takes it
# exclusively.
STEP_LOCK = 7_110_001

CLAIM_DUE = """
DELETE FROM outbox WHERE id = ANY (ARRAY(
    SELECT id FROM outbox WHERE parked_at IS NULL AND kind <> ALL (%s) ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED))
RETURNING id, kind, payload::text, created_at
"""
# Only the oldest rows are read, however many there are.
BEHIND = """
SELECT true FROM (SELECT created_at FROM outbox WHERE parked_at IS NULL ORDER BY id LIMIT 500) o
WHERE created_at < %s LIMIT 1
"""
PARK = "UPDATE outbox SET parked_at = now(), error = %s WHERE id = ANY(%s)"


@dataclass
class Step:
    """One transaction of the relay, as its subscribers see it."""

    after_commit: list[Callable[[], None]] = field(default_factory=list)
    # Messages to sockets, made after the commit and after cached responses are dropped, and sent in one round trip.
    messages: list[Callable[[], list[publishing.Message]]] = field(default_factory=list)
    # Versions that change after the commit, those of its events among them.
    version_keys: set[str] = field(default_factory=set)
    # The outbox rows that it has claimed.
    row_ids: list[int] = field(default_factory=list)
    # When events were recorded, by the id() of the event.
    recorded_ats: dict[int, datetime] = field(default_factory=dict)
    # What is written once at the end of the step for events of every type, by its writer.
    collected: dict["BatchWriter", list[Any]] = field(default_factory=dict)

    def collect(self, writer: "BatchWriter", items: Iterable[Any]) -> None:
        """Have a batch writer write these items at the end of the step, with those of events of other types."""
        self.collected.setdefault(writer, []).extend(items)

    def recorded_at(self, event: Event) -> datetime:
        """Return when one of the step's events was recorded, by the database's clock: its order, however late it is."""
        return self.recorded_ats[id(event)]

    def clear(self) -> None:
        """Begin again, with another transaction."""
        for held in (self.after_commit, self.messages, self.row_ids, self.recorded_ats, self.collected):
            held.clear()
        self.version_keys.clear()


@dataclass(frozen=True, slots=True)
class PeriodicTask:
    """Work that every relay does beside its steps, about every `seconds`."""

    name: str
    seconds: float
    run: Callable[[], None]


Handler = Callable[[Sequence[Any], Step], None]
BatchWriter = Callable[[list[Any], Step], None]
_subscribers: dict[type[Event], list[Handler]] = defaultdict(list)
_batch_writers: list[BatchWriter] = []
periodic_tasks: list[PeriodicTask] = []
# Set when this process's relay is to stop; long periodic tasks check it.
stopping = threading.Event()
_has_lost_messages = threading.Event()


def subscribe(event_type: type[Event]) -> Callable[[Handler], Handler]:
    """Register a handler of (events, step); handlers run in the order of INSTALLED_APPS."""

    def register(handler: Handler) -> Handler:
        _subscribers[event_type].append(handler)
        return handler

    return register


def batch_writer(write: BatchWriter) -> BatchWriter:
    """Register what writes collected items; batch writers run last, in the order of INSTALLED_APPS.

    So each locks its rows once a step, in key order, and always after the same others. If relays wrote after each type
    of event, two of them could deadlock.
    """
    _batch_writers.append(write)
    return write


def periodic(*, seconds: float) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Register a duty of every relay about every `seconds`, in a thread beside its steps."""

    def register(run: Callable[[], None]) -> Callable[[], None]:
        periodic_tasks.append(PeriodicTask(f"{run.__module__}.{run.__qualname__}", seconds, run))
        return run

    return register


def run_step(limit: int = BATCH_SIZE, step: Step | None = None) -> int:
    """Claim up to `limit` events and process them; return how many were claimed.

    What waits beside a barrier is carried out before it, in a step that shares, unless it follows barriers: a barrier
    may be long, and several may follow each other. Raises: whatever a subscriber raises; the step is rolled back.
    """
    step = step or Step()
    try:
        return _carry_out(limit, step)
    except _BarrierMetError as met:
        beside = _carry_out(limit, step, without=ordered_kinds()) if met.has_others else 0
    return beside + _carry_out(limit, step, is_alone=True)


class StoppingError(Exception):
    """A periodic task ends early, because the process is to stop."""


class _BarrierMetError(Exception):
    """The step contains an event that must be processed alone, and perhaps others."""

    def __init__(self, *, has_others: bool) -> None:
        super().__init__()
        self.has_others = has_others


def wait_for_steps() -> None:
    """Wait until no step runs anywhere, and let none begin until this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [STEP_LOCK])


def _carry_out(limit: int, step: Step, *, is_alone: bool = False, without: Sequence[str] = ()) -> int:
    """Run one transaction, and what follows its commit; `without` are kinds of events that it leaves."""
    step.clear()
    claimed = _run(limit, step, is_alone=is_alone, without=without)
    _run_best_effort(partial(change_versions_now, step.version_keys))
    for callback in step.after_commit:
        _run_best_effort(callback)
    _run_best_effort(lambda: publishing.publish(message for make in step.messages for message in make()))
    return claimed


def _run(limit: int, step: Step, *, is_alone: bool, without: Sequence[str]) -> int:
    with transaction.atomic():
        _join_steps(is_alone=is_alone)
        rows = _claim_due(limit, without)
        step.row_ids = [row[0] for row in rows]
        events = [decode(kind, payload) for _, kind, payload, _ in rows]
        step.version_keys |= versions_of(events)
        step.recorded_ats = {id(item): row[3] for item, row in zip(events, rows, strict=True)}
        if not is_alone and any(item.is_barrier for item in events):
            raise _BarrierMetError(has_others=not all(item.is_barrier or item.follows_barriers for item in events))
        for by_type in _runs(events):
            for event_type, of_type in by_type.items():
                for handler in _subscribers[event_type]:
                    handler(of_type, step)
        for write in _batch_writers:
            if items := step.collected.get(write):
                write(items, step)
    return len(rows)


def _runs(events: Sequence[Event]) -> Iterator[Mapping[type[Event], list[Event]]]:
    """Return events by type, in runs to carry out one after another.

    Barriers come after what they may take back, and among them what follows them in the order in which it was recorded.
    """
    free = [item for item in events if not (item.is_barrier or item.follows_barriers)]
    ordered = [item for item in events if item.is_barrier or item.follows_barriers]
    for _, run in chain([(False, iter(free))], groupby(ordered, key=lambda item: item.is_barrier)):
        by_type: dict[type[Event], list[Event]] = defaultdict(list)
        for item in run:
            by_type[type(item)].append(item)
        yield by_type


def _join_steps(*, is_alone: bool) -> None:
    """Join the running steps, or wait until there are none. Comes before the claim, whose snapshot must be younger."""
    lock = "pg_advisory_xact_lock" if is_alone else "pg_advisory_xact_lock_shared"
    with connection.cursor() as cursor:
        # An outbox that was empty when analysed may hold a million rows an hour later: its statistics suggest a scan.
        cursor.execute(f"SELECT {lock}(%s), set_config('enable_seqscan', 'off', true)", [STEP_LOCK])


def is_behind(moment: datetime) -> bool:
    """Whether an event recorded before the moment is still waiting; parked ones are not."""
    with connection.cursor() as cursor:
        cursor.execute(BEHIND, [moment])
        return cursor.fetchone() is not None


def run_steps_until_empty() -> int:
    """Run steps until no event is left to claim; return how many events that took. Used by tests and commands."""
    total = 0
    while claimed := run_step():
        total += claimed
    return total


class BatchSizeController:
    """How many events the next step claims: a full batch, or one at a time after a failure."""

    def __init__(self) -> None:
        self.limit = BATCH_SIZE

    def run(self) -> int:
        """Run one step and return how many events it took; a failed one counts as full, so that it is retried at once.

        An event that fails alone is parked with its error, so that it holds up no other. Raises: the database's error
        when the database failed; the next step is smaller, because it may have been a time-out.
        """
        step = Step()
        try:
            claimed = run_step(self.limit, step)
        except (OperationalError, InterfaceError):
            self.limit = max(1, self.limit // 4)
            raise
        except Exception as error:
            if not step.row_ids:
                # No event is to blame; a table may not exist yet.
                raise
            log.exception("relay.step_failed", limit=self.limit)
            if self.limit == 1:
                _park(step.row_ids, error)
            failed, self.limit = self.limit, 1
            return failed
        self.limit = min(BATCH_SIZE, self.limit * 2)
        return claimed


def _claim_due(limit: int, without: Sequence[str]) -> list[tuple[int, str, dict[str, Any], datetime]]:
    with connection.cursor() as cursor:
        cursor.execute(CLAIM_DUE, [list(without), limit])
        rows = sorted(cursor.fetchall())
        return [(row_id, kind, orjson.loads(payload), moment) for row_id, kind, payload, moment in rows]


def _park(row_ids: list[int], error: Exception) -> None:
    with connection.cursor() as cursor:
        cursor.execute(PARK, [f"{type(error).__name__}: {error}"[:500], row_ids])


def _run_best_effort(callback: Callable[[], None]) -> None:
    try:
        callback()
    except RedisUnavailableError:
        log.warning("relay.message_lost")
        _has_lost_messages.set()


@periodic(seconds=1)
def renew_cache_epoch() -> None:
    """Have nothing that is cached count any more, after changes of versions that Redis did not take."""
    if not _has_lost_messages.is_set():
        return
    _has_lost_messages.clear()
    try:
        renew_epoch()
    except RedisUnavailableError:
        _has_lost_messages.set()
