"""Finished answers kept in Redis for a while: read if they are there, made if not, and made each time without Redis."""

from collections.abc import Callable
from contextlib import suppress

from apps.core.redis.client import RedisAwayError, attempt


def kept_bytes(key: str, *, seconds: int, make: Callable[[], bytes]) -> bytes:
    """Return what is kept under the key, which names all that it depends on; else what `make` makes, and keep it."""
    try:
        found = attempt(lambda client: client.get(key))
    except RedisAwayError:
        return make()
    if isinstance(found, bytes):
        return found
    made = make()
    with suppress(RedisAwayError):
        attempt(lambda client: client.set(key, made, ex=seconds))
    return made
