"""Protects the promise of every 2xx: refuses to start on a PostgreSQL that may lose confirmed commits."""

import os

from django.db import connection

ALLOW_VARIABLE = "LAUREL_ALLOW_UNSAFE_DURABILITY"


class UnsafeDurabilityError(Exception):
    """PostgreSQL confirms commits before they are on disk."""


def refuse_unsafe_durability() -> None:
    """Check fsync and synchronous_commit. Raises: UnsafeDurabilityError when one of them is off."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name FROM pg_settings WHERE name IN ('fsync', 'synchronous_commit') AND setting = 'off' ORDER BY 1"
        )
        off = [row[0] for row in cursor.fetchall()]
    if off and os.environ.get(ALLOW_VARIABLE) != "1":
        raise UnsafeDurabilityError(
            f"PostgreSQL runs with {' and '.join(off)} off: it would lose unlocks that were confirmed. "
            f"Turn it on, or set {ALLOW_VARIABLE}=1 if that is all right here."
        )
