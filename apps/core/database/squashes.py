"""Databases that a version made from before migrations were squashed: whole, they are taken over; half, refused."""

from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

# The last commit that has each migration by itself, and so brings any older database up to what was squashed.
LAST_UNSQUASHED = "ad0e489"
WHAT_TO_DO = (
    f"Start commit {LAST_UNSQUASHED} with it once, or run its `manage.py migrate`, then start this version. "
    "Nothing was changed."
)


def lost_migrations() -> list[str]:
    """Return the migrations that the database lacks and that nobody can apply any more, in order.

    They were squashed into one with others that it has. Django would leave the whole out without a word.
    """
    applied = MigrationRecorder(connection).applied_migrations()
    loader = MigrationLoader(None)
    return sorted(
        f"{app}.{name}"
        for squashed in loader.replacements.values()
        if any(key in applied for key in squashed.replaces)
        for app, name in squashed.replaces
        if (app, name) not in applied and (app, name) not in loader.disk_migrations
    )
