"""Scheduled work: each job has one row a slot of time, catches up what it missed, and may be killed anywhere.

A job is a generator of chunks. The runner gives each chunk a transaction that also moves the slot's cursor and renews
its lease, so a chunk is done once and whole, or not at all; a runner frozen past its lease writes nothing more.
"""

import logging
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
import structlog
from django.db import connection, transaction
from psycopg.types.json import Jsonb

from apps.core.clock import now
from apps.core.ids import new_id

log = structlog.get_logger(__name__)

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# Longer than a chunk may take, which its statement limit sees to.
LEASE_SECONDS = 60
STATEMENT_SECONDS = 40
# A run of the worker stops taking chunks then, below its soft limit of 45 s, and goes on in a new task.
RUN_SECONDS = 30.0

Counts = dict[str, int]

_LATEST_DONE = "SELECT max(slot) FROM job_slot WHERE job = %(job)s AND state = 'done'"
_UNFINISHED = """
SELECT slot FROM job_slot WHERE job = %(job)s AND state <> 'done' AND slot <= %(last)s ORDER BY slot
"""
_CLAIM_DUE = """
INSERT INTO job_slot AS s (job, slot, state, claim_token, lease_until, attempts, cursor, counts, started_at)
VALUES (%(job)s, %(slot)s, 'running', %(token)s, now() + make_interval(secs => %(lease)s), 1, '{}', '{}', now())
ON CONFLICT (job, slot) DO UPDATE SET
    state = 'running', claim_token = excluded.claim_token, lease_until = excluded.lease_until,
    attempts = s.attempts + 1
WHERE s.state = 'due' OR (s.state = 'running' AND s.lease_until < now())
RETURNING s.cursor, s.counts
"""
# Locks the slot's row until the chunk commits: a run that finds the lease ended waits here, then finds it renewed.
_RENEW_LEASE = """
UPDATE job_slot SET lease_until = now() + make_interval(secs => %(lease)s)
WHERE job = %(job)s AND slot = %(slot)s AND claim_token = %(token)s RETURNING true
"""
_SAVE = """
UPDATE job_slot SET cursor = %(cursor)s, counts = %(counts)s, state = %(state)s,
    done_at = CASE WHEN %(state)s = 'done' THEN now() END,
    claim_token = CASE WHEN %(state)s = 'running' THEN claim_token END
WHERE job = %(job)s AND slot = %(slot)s AND claim_token = %(token)s
"""
_MARK_DUE = """
INSERT INTO job_slot AS s (job, slot, state, attempts, cursor, counts, started_at)
SELECT job, slot, 'due', 0, '{}', '{}', now()
FROM unnest(%(jobs)s::text[]) AS j (job) CROSS JOIN unnest(%(slots)s::timestamptz[]) AS t (slot) ORDER BY 1, 2
ON CONFLICT (job, slot) DO UPDATE SET state = 'due', cursor = '{}', counts = '{}', done_at = NULL,
    claim_token = NULL
WHERE s.state <> 'due'
"""
_FORGET = """
DELETE FROM job_slot WHERE (job, slot) IN (
    SELECT job, slot FROM job_slot s WHERE s.slot < %(before)s
        AND s.slot < (SELECT max(l.slot) FROM job_slot l WHERE l.job = s.job AND l.state = 'done')
    ORDER BY slot LIMIT %(limit)s)
"""


class LeaseLostError(Exception):
    """Another run has taken the slot over; nothing of this chunk was kept."""


class NotYetError(Exception):
    """What a slot is made of is not complete; it stays due, and is looked at again as all slots are."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What a job is told of its slot. `cursor` is its own to keep where it is; it moves with each chunk."""

    slot: datetime
    ends_at: datetime
    moment: datetime
    cursor: dict[str, Any]
    is_dry: bool = False


@dataclass(frozen=True, slots=True)
class Job:
    """Work done once a slot.

    `work` yields the counts of one chunk after another, each in a transaction of its own. `slots_max` is how many
    closed slots are caught up; 1 for work of which only the latest matters. `waits` is how long after its end a slot
    is due. Without `is_atomic` chunks have no transaction, for what PostgreSQL refuses in one; a repeat does no harm.
    """

    name: str
    every: timedelta
    work: Callable[[Turn], Iterator[Counts]]
    slots_max: int = 1
    waits: timedelta = timedelta()
    is_atomic: bool = True

    def slot_of(self, moment: datetime) -> datetime:
        """Return the beginning of the slot that holds the moment."""
        since = datetime(1970, 1, 1, tzinfo=UTC)
        return since + (moment - since) // self.every * self.every

    def latest_slot(self, moment: datetime) -> datetime:
        """Return the latest slot that is over and due."""
        return self.slot_of(moment - self.waits) - self.every


_jobs: dict[str, Job] = {}


def job(
    *, name: str, every: timedelta, slots_max: int = 1, waits: timedelta = timedelta(), is_atomic: bool = True
) -> Callable[[Callable[[Turn], Iterator[Counts]]], Job]:
    """Register a generator of chunks as a job."""

    def register(work: Callable[[Turn], Iterator[Counts]]) -> Job:
        return add_job(Job(name, every, work, slots_max, waits, is_atomic))

    return register


def add_job(made: Job) -> Job:
    if _jobs.setdefault(made.name, made) is not made:
        raise ValueError(f"Two jobs are named {made.name}.")
    return made


def all_jobs() -> list[Job]:
    return sorted(_jobs.values(), key=lambda item: item.name)


def find_job(name: str) -> Job:
    """Return the job with this name. Raises: KeyError."""
    return _jobs[name]


@dataclass(slots=True)
class JobRun:
    """One attempt at a slot."""

    job: Job
    turn: Turn
    token: UUID
    counts: Counter[str] = field(default_factory=Counter)
    is_done: bool = False

    @property
    def _names(self) -> dict[str, Any]:
        return {"job": self.job.name, "slot": self.turn.slot, "token": self.token, "lease": LEASE_SECONDS}

    def go(self, *, until: float, progress: Callable[[Counts], None]) -> None:
        """Do chunks until the slot is done, or `until` (monotonic) has passed. Raises: LeaseLostError, NotYetError."""
        chunks = self.job.work(self.turn)
        while not self.is_done:
            if time.monotonic() >= until:
                self.release()
                return
            try:
                progress(self._chunk(chunks))
            except NotYetError:
                self.release()
                raise

    def release(self) -> None:
        """Leave the rest of the slot to the next run."""
        self._save("due")

    def _chunk(self, chunks: Iterator[Counts]) -> Counts:
        with self._transaction():
            self._renew_lease()
            counts = next(chunks, None)
            if counts is None:
                self._complete()
                return {}
            self.counts.update(counts)
            self._save("running")
        return counts

    def _complete(self) -> None:
        self.is_done = True
        self._save("done")

    def _transaction(self) -> AbstractContextManager[object]:
        return transaction.atomic() if self.job.is_atomic else nullcontext()

    def _renew_lease(self) -> None:
        with connection.cursor() as cursor:
            if self.job.is_atomic:
                cursor.execute(f"SET LOCAL statement_timeout = '{STATEMENT_SECONDS}s'")
            cursor.execute(_RENEW_LEASE, self._names)
            if cursor.fetchone() is None:
                raise LeaseLostError(self.job.name)

    def _save(self, state: str) -> None:
        with connection.cursor() as cursor:
            saved = {"state": state, "cursor": Jsonb(self.turn.cursor), "counts": Jsonb(dict(self.counts))}
            cursor.execute(_SAVE, self._names | saved)


def run_due(
    made: Job,
    *,
    moment: datetime | None = None,
    seconds: float = RUN_SECONDS,
    progress: Callable[[Counts], None] = lambda counts: None,
) -> bool:
    """Do the job's slots that are due, oldest first, for about `seconds`; return whether none is left.

    A slot that another run holds, or takes over, is left to it; one that is not ready yet is left to a later look.
    Raises: what the work raises; its slot is tried again when the lease has run out.
    """
    moment = moment or now()
    until = time.monotonic() + seconds
    for slot in due_slots(made, moment):
        run = claim_due(made, slot, moment)
        if run is None:
            continue
        try:
            run.go(until=until, progress=progress)
        except LeaseLostError:
            log.info("job.lease_lost", job=made.name, slot=slot.isoformat())
            continue
        except NotYetError as error:
            log.warning("job.not_yet", job=made.name, slot=slot.isoformat(), reason=str(error))
            continue
        if not run.is_done:
            return False
        log.info("job.done", job=made.name, slot=slot.isoformat(), **run.counts)
    return True


def due_slots(made: Job, moment: datetime) -> list[datetime]:
    """Return the slots that are over and not done, oldest first: those begun or marked, and slots_max of the newest."""
    last = made.latest_slot(moment)
    with connection.cursor() as cursor:
        cursor.execute(_LATEST_DONE, {"job": made.name})
        (done,) = cursor.fetchone()
        cursor.execute(_UNFINISHED, {"job": made.name, "last": last})
        begun = {slot for (slot,) in cursor.fetchall()}
    earliest = last - made.every * (made.slots_max - 1)
    first = earliest if done is None else max(done + made.every, earliest)
    missed = {first + made.every * number for number in range(max(0, (last - first) // made.every + 1))}
    # Of what only the latest matters, one that was left lying is done by doing the next.
    return sorted(missed | (begun if made.slots_max > 1 else begun & {last}))


def is_late(made: Job, moment: datetime) -> bool:
    """Whether a job that has been done before has not been for two slots."""
    with connection.cursor() as cursor:
        cursor.execute(_LATEST_DONE, {"job": made.name})
        (done,) = cursor.fetchone()
    return done is not None and made.latest_slot(moment) - done >= 2 * made.every


def claim_due(made: Job, slot: datetime, moment: datetime) -> JobRun | None:
    """Claim the slot, or return None while another run has it or when it is done."""
    token = new_id()
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM_DUE, {"job": made.name, "slot": slot, "token": token, "lease": LEASE_SECONDS})
        row = cursor.fetchone()
    if row is None:
        return None
    kept, counts = (_read_json(value) for value in row)
    return JobRun(made, Turn(slot, slot + made.every, moment, kept), token, Counter(counts))


def try_dry(made: Job, slot: datetime, *, chunks_max: int, progress: Callable[[Counts], None]) -> Counts:
    """Do up to `chunks_max` chunks of the slot and undo them; return what they would have done."""
    counts: Counter[str] = Counter()
    turn = Turn(slot, slot + made.every, now(), {}, is_dry=True)
    with transaction.atomic():
        for number, done in enumerate(made.work(turn), start=1):
            counts.update(done)
            progress(done)
            if number == chunks_max:
                break
        transaction.set_rollback(True)
    return dict(counts)


def mark_due(jobs: list[str], slots: list[datetime]) -> None:
    """Have slots be done, again where they were, as what they are computed from has changed.

    So are those that nobody did, however long ago: after an outage longer than slots_max none is missing that has
    anything to count. One that is being done loses its lease: it may have read what was there before.
    """
    with connection.cursor() as cursor:
        cursor.execute(_MARK_DUE, {"jobs": jobs, "slots": slots})


def forget_slots(*, before: datetime, rows_max: int) -> int:
    """Forget slots that were done long ago, but each job's latest; return how many."""
    with connection.cursor() as cursor:
        cursor.execute(_FORGET, {"before": before, "limit": rows_max})
        return int(cursor.rowcount)


@contextmanager
def quietly() -> Iterator[None]:
    """Keep the log lines, one a slot, from between what a command says to a person."""
    logger = logging.getLogger(__name__)
    level = logger.level
    logger.setLevel(logging.WARNING)
    try:
        yield
    finally:
        logger.setLevel(level)


def _read_json(value: Any) -> dict[str, Any]:
    found: dict[str, Any] = orjson.loads(value) if isinstance(value, str | bytes) else value
    return found
