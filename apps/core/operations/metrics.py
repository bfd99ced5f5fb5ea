"""Metrics of the whole system, read from the database on each scrape (Prometheus text format)."""

from collections.abc import Iterator

from django.db import connection
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from apps.core.asgi.process_figures import ProcessFigures
from apps.core.background import scheduled_jobs, work_queues
from apps.core.clock import now
from apps.core.database import partitions

_OUTBOX = """
SELECT count(*) FILTER (WHERE parked_at IS NULL), count(parked_at),
    coalesce(extract(epoch FROM now() - min(created_at) FILTER (WHERE parked_at IS NULL)), 0)
FROM outbox
"""


class _State:
    """A collector of gauges, labelled by names from the code, never by ids."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        yield from _outbox()
        yield _labelled(
            "laurel_backlog_oldest_seconds",
            "How long the oldest due piece of a backlog has waited.",
            "backlog",
            work_queues.oldest_waiting_seconds(),
        )
        moment = now()
        missing = {
            table.name: len(partitions.missing_partitions(table, moment)) for table in partitions.monthly_tables()
        }
        yield _labelled(
            "laurel_partitions_missing", "Partitions of this month and the next two not made.", "table", missing
        )
        late = {made.name: float(scheduled_jobs.is_late(made, moment)) for made in scheduled_jobs.all_jobs()}
        yield _labelled("laurel_job_late", "1 for a job that has missed two of its slots.", "job", late)


class ResponseCacheUse:
    """A collector of each web process's response cache: one process answers the scrape, for those of its command."""

    def __init__(self, processes: ProcessFigures) -> None:
        self._processes = processes

    def collect(self) -> Iterator[Metric]:
        rows = self._processes.all()
        for index, (name, help_text) in enumerate(_CACHE_COUNTS.items()):
            counter = CounterMetricFamily(f"laurel_response_cache_{name}", help_text, labels=["process"])
            for number, figures in rows.items():
                counter.add_metric([number], figures[index])
            yield counter
        yield _labelled(
            "laurel_response_cache_bytes",
            "Memory of stored responses.",
            "process",
            {number: figures[-1] for number, figures in rows.items()},
        )


_CACHE_COUNTS = {
    "hits": "Responses sent from memory, without Django.",
    "misses": "Responses that Django made, and that others could wait for.",
    "renewals": "Popular responses made again before their time ended.",
    "evictions": "Responses dropped for lack of memory.",
}


registry = CollectorRegistry(auto_describe=False)
registry.register(_State())


def exposition() -> bytes:
    """Return all metrics as text."""
    return generate_latest(registry)


def _outbox() -> Iterator[GaugeMetricFamily]:
    with connection.cursor() as cursor:
        cursor.execute(_OUTBOX)
        waiting, parked, oldest_seconds = cursor.fetchone()
    yield GaugeMetricFamily("laurel_outbox_events", "Events that wait for the relay.", waiting)
    yield GaugeMetricFamily("laurel_outbox_parked_events", "Events that failed alone and wait for a person.", parked)
    yield GaugeMetricFamily("laurel_outbox_oldest_seconds", "Age of the oldest that waits.", float(oldest_seconds))


def _labelled(name: str, help_text: str, label: str, values: dict[str, float] | dict[str, int]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, help_text, labels=[label])
    for value_label, value in values.items():
        family.add_metric([value_label], value)
    return family
