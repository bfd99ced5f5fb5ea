"""Core's health checks: database, migrations, Redis, the broker, the outbox, disk, work queues and jobs."""

from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext, gettext_lazy
from kombu.connection import Connection

from apps.core import disk
from apps.core.background import scheduled_jobs, work_queues
from apps.core.clock import now
from apps.core.database import partitions
from apps.core.database.availability import failure_detector
from apps.core.operations.health import Finding, Status, health_check
from apps.core.redis import client as redis
from apps.core.redis.breakers import breaker

TIMEOUT_SECONDS = 1.0
# Events are processed within a second; their age shows when they are not.
OUTBOX_DEGRADED_SECONDS, OUTBOX_DOWN_SECONDS = 5.0, 60.0
BACKLOG_DEGRADED_SECONDS = 30.0
COUNTED_MAX = 10_000
PROBE_KEY, PROBE_SECONDS = "health:probe", 60
REFUSALS = {
    "OutOfMemory": gettext_lazy("out of memory"),
    "MISCONF": gettext_lazy("it can't write to its disk"),
    "ReadOnly": gettext_lazy("it is a replica"),
    "NoPermission": gettext_lazy("our user may not write"),
}

_OUTBOX = """
SELECT
    (SELECT count(*) FROM (SELECT FROM outbox WHERE parked_at IS NULL LIMIT %(counted_max)s) AS waiting),
    (SELECT extract(epoch FROM now() - created_at) FROM outbox WHERE parked_at IS NULL ORDER BY id LIMIT 1),
    (SELECT count(*) FROM (SELECT FROM outbox WHERE parked_at IS NOT NULL LIMIT %(counted_max)s) AS parked)
"""


@health_check("database")
def check_database() -> Finding:
    if failure_detector.is_down:
        return Finding(
            "down", gettext("It is not responding; breaker {state}.").format(state=failure_detector.breaker.state)
        )
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version'), pg_is_in_recovery()")
        version, is_replica = cursor.fetchone()
    if is_replica:
        return Finding("down", gettext("PostgreSQL {version} is read-only: it is a replica.").format(version=version))
    return Finding(
        "up",
        gettext("PostgreSQL {version}; breaker {state}.").format(version=version, state=failure_detector.breaker.state),
    )


class _Migrations:
    """Checked until all are applied, which then stays true for this process's code."""

    def __init__(self) -> None:
        self.are_applied = False

    def check(self) -> Finding:
        if not self.are_applied:
            executor = MigrationExecutor(connection)
            missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
            if missing:
                return Finding(
                    "down",
                    gettext("{count} migrations are not applied. Run `manage.py migrate`.").format(count=len(missing)),
                )
            self.are_applied = True
        return Finding("up", gettext("All applied."))


migrations = _Migrations()
health_check("migrations")(migrations.check)


@health_check("redis")
def check_redis() -> Finding:
    """Boards, cache and sessions: one server, or several."""
    try:
        for url in _redis_servers():
            server = redis.client_of(url, TIMEOUT_SECONDS)
            server.ping()
            server.set(PROBE_KEY, b"", ex=PROBE_SECONDS)
    except redis.ResponseError as error:
        return Finding("down", gettext("It refuses writes: {refusal}.").format(refusal=_refusal(error)))
    except (redis.RedisError, OSError) as error:
        return Finding(
            "down",
            gettext("No response ({error}); breaker {state}.").format(error=type(error).__name__, state=breaker.state),
        )
    if breaker.state == "open":
        return Finding("degraded", gettext("It responds again; requests return to it when the breaker closes."))
    return Finding("up", gettext("Breaker {state}.").format(state=breaker.state))


def _redis_servers() -> list[str]:
    """Return the primaries that CACHES names, each server once."""
    urls = [redis.servers_of(alias)[0] for alias in settings.CACHES]
    return list({urlsplit(url).netloc: url for url in reversed(urls)}.values())


def _refusal(error: Exception) -> str:
    """Return a server's error in words; its own may contain file names."""
    text = f"{type(error).__name__} {error}"
    return next((str(words) for mark, words in REFUSALS.items() if mark in text), type(error).__name__)


@health_check("broker")
def check_broker() -> Finding:
    url = settings.CELERY_BROKER_URL
    kind = urlsplit(url).scheme
    if kind in {"redis", "rediss"}:
        redis.client_of(url, TIMEOUT_SECONDS).ping()
    else:
        with Connection(url, connect_timeout=TIMEOUT_SECONDS) as broker:
            broker.ensure_connection(max_retries=1, timeout=TIMEOUT_SECONDS)
    return Finding("up", gettext("Reached over {kind}.").format(kind=kind))


@health_check("outbox")
def check_outbox() -> Finding:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_OUTBOX, {"counted_max": COUNTED_MAX})
        waiting, oldest_seconds, parked = cursor.fetchone()
    age = float(oldest_seconds or 0)
    status: Status = "up"
    if age > OUTBOX_DOWN_SECONDS:
        status = "down"
    elif age > OUTBOX_DEGRADED_SECONDS or parked:
        status = "degraded"
    count = gettext("over {count:,}").format(count=waiting - 1) if waiting == COUNTED_MAX else f"{waiting:,}"
    return Finding(
        status,
        gettext("{count} waiting, the oldest for {age:.1f} seconds; {parked:,} parked.").format(
            count=count, age=age, parked=parked
        ),
    )


@health_check("disk")
def check_disk() -> Finding:
    """Free space for what Laurel writes here: with `make run` the database, elsewhere uploaded pictures."""
    free = min(disk.free_bytes(Path(folder)) for folder in (settings.LAUREL_HOME, settings.MEDIA_ROOT))
    words = gettext("{megabytes:,} MB free").format(megabytes=free // disk.MB)
    if disk.room_of(free) is disk.Room.FULL:
        return Finding("down", gettext("Full, {free}: nothing can be recorded until there is room.").format(free=words))
    if disk.room_of(free) is disk.Room.LOW:
        return Finding("degraded", gettext("Only {free}: make room before it is full.").format(free=words))
    return Finding("up", f"{words}.")


@health_check("backlogs", gettext_lazy("Work queues"))
def check_work_queues() -> Finding:
    """Work queues, such as notifying friends: late when neither workers nor the relay keep up."""
    late = {name: age for name, age in work_queues.oldest_waiting_seconds().items() if age > BACKLOG_DEGRADED_SECONDS}
    if late:
        words = ", ".join(
            gettext("{name} for {age:.0f} seconds").format(name=name, age=age) for name, age in sorted(late.items())
        )
        return Finding("degraded", gettext("Waiting: {work}. Is a worker running?").format(work=words))
    return Finding("up", gettext("All {count} are keeping up.").format(count=len(work_queues.all_work_queues())))


@health_check("partitions")
def check_partitions() -> Finding:
    missing = [name for table in partitions.monthly_tables() for name in partitions.missing_partitions(table, now())]
    if missing:
        return Finding(
            "degraded",
            gettext("Missing: {names}. Run `manage.py run_jobs make_partitions`.").format(names=", ".join(missing)),
        )
    return Finding("up", gettext("Made {count} months ahead.").format(count=partitions.MONTHS_AHEAD))


@health_check("jobs")
def check_jobs() -> Finding:
    """Jobs that failed and wait for another run, or are late by more than their own cadence: no worker or beat, say."""
    moment = now()
    late = [job.name for job in scheduled_jobs.all_jobs() if scheduled_jobs.is_late(job, moment)]
    if late:
        return Finding(
            "degraded",
            gettext("Late: {names}. Is a worker running? See `manage.py run_jobs --list`.").format(
                names=", ".join(late)
            ),
        )
    if failed := scheduled_jobs.failed_jobs():
        return Finding(
            "degraded",
            gettext("Failed, and tried again soon: {names}. The worker's log says why.").format(
                names=", ".join(failed)
            ),
        )
    return Finding("up", gettext("All {count} are keeping up.").format(count=len(scheduled_jobs.all_jobs())))
