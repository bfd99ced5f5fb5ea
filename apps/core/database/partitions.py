"""Monthly partitions: created ahead, reported missing before they are needed, and dropped whole."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.db import connection

from apps.core.database.sql import fetch_column

MONTHS_AHEAD = 3

_EXISTING = """
SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
WHERE i.inhparent = to_regclass(%s) AND NOT i.inhdetachpending ORDER BY c.relname
"""
# Left by an interrupted detach: the next run finishes it.
_PENDING = """
SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
WHERE i.inhparent = to_regclass(%s) AND i.inhdetachpending ORDER BY c.relname
"""
_DETACHED = r"SELECT relname FROM pg_class WHERE relkind = 'r' AND NOT relispartition AND relname ~ %s ORDER BY relname"


@dataclass(frozen=True, slots=True)
class MonthlyTable:
    """A table partitioned by time, one partition per month (UTC), without a default partition."""

    name: str
    retention_months: int

    def partition_of(self, month: date) -> str:
        return f"{self.name}_{month:%Y_%m}"

    def month_of(self, partition: str) -> date:
        year, month = partition.removeprefix(f"{self.name}_").split("_")
        return date(int(year), int(month), 1)


_tables: list[MonthlyTable] = []


def monthly_table(name: str, *, retention_months: int) -> MonthlyTable:
    """Register a table for partition maintenance."""
    table = MonthlyTable(name, retention_months)
    _tables.append(table)
    return table


def monthly_tables() -> list[MonthlyTable]:
    return list(_tables)


def months_from(first: date, count: int) -> Iterator[date]:
    """Yield the first days of `count` months."""
    for number in range(count):
        year, month = divmod(first.year * 12 + first.month - 1 + number, 12)
        yield date(year, month + 1, 1)


def month_before(day: date, months: int) -> date:
    """Return the first day of the month that many months before the day's own."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, 1)


def make_partitions(table: MonthlyTable, months: Iterator[date]) -> int:
    """Create the missing partitions of these months; return how many."""
    existing = set(existing_partitions(table))
    missing = [month for month in months if table.partition_of(month) not in existing]
    with connection.cursor() as cursor:
        for month in missing:
            following = next(months_from(month_before(month, -1), 1))
            cursor.execute(
                f"CREATE TABLE {table.partition_of(month)} PARTITION OF {table.name} "
                f"FOR VALUES FROM ('{month} 00:00+00') TO ('{following} 00:00+00')"
            )
    return len(missing)


def make_partitions_ahead(table: MonthlyTable, moment: datetime) -> int:
    """Create missing partitions of the moment's month and MONTHS_AHEAD more; return how many.

    And of the month before, whose last day is processed on the first of the next.
    """
    return make_partitions(table, months_from(month_before(moment.astimezone(UTC).date(), 1), MONTHS_AHEAD + 2))


def missing_partitions(table: MonthlyTable, moment: datetime) -> list[str]:
    """Return the missing partitions from the moment's month to the one after next."""
    existing = set(existing_partitions(table))
    # One less than are created: this gives the job time at a month's turn.
    wanted = [table.partition_of(month) for month in months_from(moment.astimezone(UTC).date(), MONTHS_AHEAD)]
    return [name for name in wanted if name not in existing]


def existing_partitions(table: MonthlyTable) -> list[str]:
    return _names(_EXISTING, table.name)


def old_partitions(table: MonthlyTable, moment: datetime) -> list[str]:
    """Return the partitions of months past their retention, the oldest first."""
    # As of yesterday: on 1 May three months are 89 days, and ranks are promised for 90.
    first_retained = month_before((moment - timedelta(days=1)).astimezone(UTC).date(), table.retention_months)
    return [name for name in existing_partitions(table) if table.month_of(name) < first_retained]


def drop_partition(table: MonthlyTable, partition: str) -> None:
    """Detach a partition without blocking the table, and drop it. Call outside of transactions.

    If interrupted between the two, drop_detached finishes it.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table.name} DETACH PARTITION {partition} CONCURRENTLY")
        cursor.execute(f"DROP TABLE {partition}")


def drop_detached(table: MonthlyTable) -> int:
    """Drop partitions that interrupted runs left behind; return how many."""
    with connection.cursor() as cursor:
        for partition in _names(_PENDING, table.name):
            cursor.execute(f"ALTER TABLE {table.name} DETACH PARTITION {partition} FINALIZE")
        detached = _names(_DETACHED, rf"^{table.name}_\d{{4}}_\d{{2}}$")
        for partition in detached:
            cursor.execute(f"DROP TABLE {partition}")
    return len(detached)


def _names(statement: str, parameter: str) -> list[str]:
    return fetch_column(statement, [parameter])
