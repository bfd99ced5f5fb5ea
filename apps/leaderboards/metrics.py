"""Metrics of the boards."""

from collections.abc import Iterator

from prometheus_client.core import CounterMetricFamily

from apps.core.operations.metrics import registry
from apps.leaderboards.sorted_sets import state


class _Boards:
    """Read from the database on each scrape."""

    def collect(self) -> Iterator[CounterMetricFamily]:
        help_text = "Incomplete boards found in Redis, and repaired."
        yield CounterMetricFamily("laurel_boards_lost", help_text, state.lost_count())


registry.register(_Boards())
