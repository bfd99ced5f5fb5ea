"""UUIDv7 ids: unique, and ordered by the time they were made."""

from uuid import UUID

import uuid_utils

NIL = UUID(int=0)


def new_id() -> UUID:
    """Return a UUIDv7 as a standard library UUID."""
    return UUID(bytes=uuid_utils.uuid7().bytes)
