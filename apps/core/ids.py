"""UUIDv7 ids: unique, and ordered by creation time."""

from uuid import UUID

import uuid_utils

NIL = UUID(int=0)


def new_hex() -> str:
    """Return a UUIDv7 as 32 hexadecimal digits, at a sixth of the cost of new_id().hex."""
    return uuid_utils.uuid7().hex


def new_id() -> UUID:
    """Return a UUIDv7 as a standard library UUID."""
    return UUID(bytes=uuid_utils.uuid7().bytes)
