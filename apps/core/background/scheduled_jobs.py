"""Scheduled jobs: each has one row for each slot of time, catches up on missed slots, and may be killed at any point.

A job is a generator of chunks. The runner gives each chunk a transaction that also moves the slot's cursor and renews
its lease (see claims.py), so a chunk is done once and whole, or not at all.
"""

import logging
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
import structlog
from django.db import connection, transaction
from psycopg.types.json import Jsonb

from apps.core.clock import now
from apps.core.database.sql import change_rows, fetch_column
from apps.core.ids import new_id
from apps.core.quiet_logs import hidden_below

log = structlog.get_logger(__name__)

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# Longer than a chunk may take, which the statement limit ensures.
LEASE_SECONDS = 60
STATEMENT_SECONDS = 40
# A worker's run begins no more chunks after this time, below its soft limit of 45 s, and goes on in a new task.
RUN_SECONDS = 30.0

Counts = dict[str, int]

_LATEST_DONE = "SELECT max(slot) FROM job_slot WHERE job = %(job)s AND state = 'done'"
_UNFINISHED = """
SELECT slot FROM job_slot WHERE job = %(job)s AND state <> 'done' AND slot <= %(last)s ORDER BY slot
"""
# A run that fails leaves its slot claimed, until its lease ends.
_FAILED = """
SELECT job FROM unnest(%(jobs)s::text[]) AS j (job)
CROSS JOIN LATERAL (SELECT max(slot) AS slot FROM job_slot d WHERE d.job = j.job AND d.state = 'done') AS done
WHERE EXISTS (
    SELECT FROM job_slot s WHERE s.job = j.job AND s.slot > coalesce(done.slot, '-infinity')
        AND s.state = 'running' AND s.lease_until < now())
ORDER BY job
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
_DELETE_OLD = """
DELETE FROM job_slot WHERE (job, slot) IN (
    SELECT job, slot FROM job_slot s WHERE s.slot < %(before)s
        AND s.slot < (SELECT max(l.slot) FROM job_slot l WHERE l.job = s.job AND l.state = 'done')
    ORDER BY slot LIMIT %(limit)s)
"""


class LeaseLostError(Exception):
    """Another run has claimed the slot; this chunk was rolled back."""


class SlotNotReadyError(Exception):
    """What a slot is computed from is not complete; it stays due and is tried again."""


@dataclass(frozen=True, slots=True)
class JobContext:
    """The slot that a job is to do. The job stores its position in `cursor`, which is saved with each chunk."""

    slot: datetime
    ends_at: datetime
    moment: datetime
    cursor: dict[str, Any]
    is_dry: bool = False


@dataclass(frozen=True, slots=True)
class Job:
    """Work done once per slot.

    `work` yields the counts of one chunk after another, each in a transaction of its own. `slots_max` is how many past
    missed slots are caught up; 1 where only the latest matters. `delay` is how long after its end a slot is due.
    Without `is_atomic` chunks have no transaction, for what PostgreSQL refuses in one; they must be idempotent.
    """

    name: str
    every: timedelta
    work: Callable[[JobContext], Iterator[Counts]]
    slots_max: int = 1
    delay: timedelta = timedelta()
    is_atomic: bool = True

    def slot_of(self, moment: datetime) -> datetime:
        """Return the beginning of the slot that contains the moment."""
        since = datetime(1970, 1, 1, tzinfo=UTC)
        return since + (moment - since) // self.every * self.every

    def latest_slot(self, moment: datetime) -> datetime:
        """Return the latest slot that has ended and is due."""
        return self.slot_of(moment - self.delay) - self.every


_jobs: dict[str, Job] = {}


def job(
    *, name: str, every: timedelta, slots_max: int = 1, delay: timedelta = timedelta(), is_atomic: bool = True
) -> Callable[[Callable[[JobContext], Iterator[Counts]]], Job]:
    """Register a generator of chunks as a job."""

    def register(work: Callable[[JobContext], Iterator[Counts]]) -> Job:
        return add_job(Job(name, every, work, slots_max, delay, is_atomic))

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
    context: JobContext
    token: UUID
    counts: Counter[str] = field(default_factory=Counter)
    is_done: bool = False

    @property
    def _names(self) -> dict[str, Any]:
        return {"job": self.job.name, "slot": self.context.slot, "token": self.token, "lease": LEASE_SECONDS}

    def go(self, *, until: float, progress: Callable[[Counts], None]) -> None:
        """Do chunks until the slot is done, or `until` (monotonic) has passed.

        Raises: LeaseLostError, SlotNotReadyError.
        """
        chunks = self.job.work(self.context)
        while not self.is_done:
            if time.monotonic() >= until:
                self.release()
                return
            try:
                progress(self._chunk(chunks))
            except SlotNotReadyError:
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
        if self.job.is_atomic:
            allow_long_statements()
        with connection.cursor() as cursor:
            cursor.execute(_RENEW_LEASE, self._names)
            if cursor.fetchone() is None:
                raise LeaseLostError(self.job.name)

    def _save(self, state: str) -> None:
        with connection.cursor() as cursor:
            saved = {"state": state, "cursor": Jsonb(self.context.cursor), "counts": Jsonb(dict(self.counts))}
            cursor.execute(_SAVE, self._names | saved)


def run_due(
    job: Job,
    *,
    moment: datetime | None = None,
    seconds: float = RUN_SECONDS,
    progress: Callable[[Counts], None] = lambda counts: None,
) -> bool:
    """Process the job's due slots, oldest first, for about `seconds`; return whether none is left.

    Skips slots that another run has claimed and slots that are not ready. Raises: whatever the work raises; its slot is
    tried again when the lease has ended.
    """
    moment = moment or now()
    until = time.monotonic() + seconds
    for slot in due_slots(job, moment):
        run = claim_due(job, slot, moment)
        if run is None:
            continue
        try:
            run.go(until=until, progress=progress)
        except LeaseLostError:
            log.info("job.lease_lost", job=job.name, slot=slot.isoformat())
            continue
        except SlotNotReadyError as error:
            log.warning("job.slot_not_ready", job=job.name, slot=slot.isoformat(), reason=str(error))
            continue
        if not run.is_done:
            return False
        log.info("job.done", job=job.name, slot=slot.isoformat(), **run.counts)
    return True


def due_slots(job: Job, moment: datetime) -> list[datetime]:
    """Return slots that are over and not done, oldest first: those begun or marked due, and the newest slots_max."""
    last = job.latest_slot(moment)
    with connection.cursor() as cursor:
        cursor.execute(_LATEST_DONE, {"job": job.name})
        (done,) = cursor.fetchone()
        cursor.execute(_UNFINISHED, {"job": job.name, "last": last})
        begun = {slot for (slot,) in cursor.fetchall()}
    earliest = last - job.every * (job.slots_max - 1)
    first = earliest if done is None else max(done + job.every, earliest)
    missed = {first + job.every * number for number in range(max(0, (last - first) // job.every + 1))}
    # Where only the latest matters, an unfinished older slot is covered by the next.
    return sorted(missed | (begun if job.slots_max > 1 else begun & {last}))


def is_late(job: Job, moment: datetime) -> bool:
    """Whether a job that was done before is two slots behind."""
    with connection.cursor() as cursor:
        cursor.execute(_LATEST_DONE, {"job": job.name})
        (done,) = cursor.fetchone()
    return done is not None and job.latest_slot(moment) - done >= 2 * job.every


def failed_jobs() -> list[str]:
    """Return the jobs whose last run failed or was killed, and that wait to be tried again. One query."""
    return fetch_column(_FAILED, {"jobs": [job.name for job in all_jobs()]})


def allow_long_statements() -> None:
    """Let statements of this transaction take as long as a chunk may; a request's limit is in settings."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL statement_timeout = '{STATEMENT_SECONDS}s'")


def claim_due(job: Job, slot: datetime, moment: datetime) -> JobRun | None:
    """Claim the slot, or return None while another run has it or when it is done."""
    token = new_id()
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM_DUE, {"job": job.name, "slot": slot, "token": token, "lease": LEASE_SECONDS})
        row = cursor.fetchone()
    if row is None:
        return None
    cursor_state, counts = (_read_json(value) for value in row)
    return JobRun(job, JobContext(slot, slot + job.every, moment, cursor_state), token, Counter(counts))


def dry_run(job: Job, slot: datetime, *, chunks_max: int, progress: Callable[[Counts], None]) -> Counts:
    """Process up to `chunks_max` chunks of the slot and roll them back; return their counts."""
    counts: Counter[str] = Counter()
    context = JobContext(slot, slot + job.every, now(), {}, is_dry=True)
    with transaction.atomic():
        for number, done in enumerate(job.work(context), start=1):
            counts.update(done)
            progress(done)
            if number == chunks_max:
                break
        transaction.set_rollback(True)
    return dict(counts)


def mark_due(jobs: list[str], slots: list[datetime]) -> None:
    """Mark slots as due, whether done or not, because what they are computed from has changed.

    A slot missed in an outage longer than slots_max is marked too, so none that has anything to count is left out. A
    run that is doing such a slot loses its lease: it may have read what was there before.
    """
    with connection.cursor() as cursor:
        cursor.execute(_MARK_DUE, {"jobs": jobs, "slots": slots})


def delete_slots(*, before: datetime, rows_max: int) -> int:
    """Delete old slots, but not each job's latest; return how many."""
    return change_rows(_DELETE_OLD, {"before": before, "limit": rows_max})


def quietly() -> AbstractContextManager[None]:
    """Hide the log lines, one a slot, while a command prints to a terminal."""
    return hidden_below(logging.WARNING, __name__)


def _read_json(value: Any) -> dict[str, Any]:
    read: dict[str, Any] = orjson.loads(value) if isinstance(value, str | bytes) else value
    return read
