"""What `manage.py check --database default` and every migration look at: partitions and migrations that are missing."""

from collections.abc import Sequence

from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connection

from apps.core.clock import now
from apps.core.database.partitions import missing_partitions, monthly_tables
from apps.core.database.squashes import WHAT_TO_DO, lost_migrations


@register(Tags.database)
def check_partitions(databases: Sequence[str] | None = None, **_: object) -> list[CheckMessage]:
    """Find monthly tables without partitions for this month or the next two."""
    if "default" not in (databases or ()):
        return []
    existing = set(connection.introspection.table_names())
    return [
        Error(
            f"The partition {name} is missing: rows of that month would be refused.",
            hint="Run `manage.py run_jobs make_partitions`, and see that a worker and beat are running.",
            id="laurel.E001",
        )
        for table in monthly_tables()
        if table.name in existing
        for name in missing_partitions(table, now())
    ]


@register(Tags.database)
def check_squashes(databases: Sequence[str] | None = None, **_: object) -> list[CheckMessage]:
    """Find a database that is too old for this version's migrations."""
    lost = lost_migrations() if "default" in (databases or ()) else []
    if not lost:
        return []
    return [
        Error(
            f"This database is too old for this version, which no longer has what it lacks: {', '.join(lost)}.",
            hint=WHAT_TO_DO,
            id="laurel.E002",
        )
    ]
