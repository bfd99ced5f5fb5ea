"""Databases from before migrations were squashed: fully migrated ones are taken over, others are refused."""

from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

# The last commit with every migration separate, which can bring any older database up to the squashed state.
LAST_UNSQUASHED = "ad0e489"
WHAT_TO_DO = (
    f"Start commit {LAST_UNSQUASHED} with it once, or run its `manage.py migrate`, then start this version. "
    "Nothing was changed."
)


def lost_migrations() -> list[str]:
    """Return the migrations that the database lacks and that no longer exist, in order.

    They were squashed with others that it has applied. Django would skip all of them silently, and run an initial one,
    whose tables are there.
    """
    applied = MigrationRecorder(connection).applied_migrations()
    loader = MigrationLoader(None)
    return sorted(
        f"{app}.{name}"
        for squashed in loader.replacements.values()
        if any(key in applied for key in squashed.replaces)
        for app, name in squashed.replaces
        if (app, name) not in applied and ((app, name) not in loader.disk_migrations or name == "0001_initial")
    )
