"""What Django's caches do while Redis is down or full: refuse, or use a memory of their own; named in CACHES."""

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.core.cache.backends.locmem import LocMemCache
from django_redis.cache import RedisCache
from django_redis.client import DefaultClient
from django_redis.exceptions import ConnectionInterrupted
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError, ResponseError
from redis.exceptions import TimeoutError as RedisTimeoutError

from apps.core.circuit_breakers import BreakerOpenError
from apps.core.redis.breakers import cache_breaker
from apps.core.redis.client import RedisUnavailableError

# After a refused write a process also reads locally, for the longest limit's window: else it would miss its own writes.
ALONE_SECONDS = 300.0
# Rate limits and the like that a process stores locally while Redis is down.
REMEMBERED_ALONE_MAX = 50_000
# A server that refuses writes, as a full one does, is up: it responds at once, and may be called again.
_SILENCE = (RedisConnectionError, RedisTimeoutError, OSError)


def _behind_breaker(name: str) -> Callable[..., object]:
    """Return an operation of django-redis's client behind a breaker. Raises: RedisUnavailableError."""

    def operate(self: "BreakerClient", *args: Any, **options: Any) -> object:
        def reach() -> object:
            try:
                return getattr(self.plain, name)(*args, **options)
            except ConnectionInterrupted as error:
                raise error.__cause__ or error from None

        breaker = cache_breaker(urlsplit(self._server[0]).netloc)
        try:
            return breaker.call(reach, failures=_SILENCE)
        except (RedisError, OSError, BreakerOpenError) as error:
            raise RedisUnavailableError(str(error)) from error

    return operate


def _or_alone(name: str) -> Callable[..., object]:
    """Return an operation of the shared cache that falls back to the process's own when Redis fails it."""

    def operate(self: "FallbackCache", *args: Any, **options: Any) -> object:
        if time.monotonic() >= FallbackCache.alone_until:
            try:
                return getattr(RedisCache, name)(self, *args, **options)
            except RedisUnavailableError as error:
                if isinstance(error.__cause__, ResponseError):
                    FallbackCache.alone_until = time.monotonic() + ALONE_SECONDS
        return getattr(self.alone, name)(*args, **options)

    return operate


class BreakerClient(DefaultClient):
    """django-redis's client behind the breaker of its server, which an operation meets once.

    Raises: RedisUnavailableError, from all that Django knows of a cache.
    """

    def __init__(self, server: str | list[str], params: dict[str, Any], backend: RedisCache) -> None:
        super().__init__(server, params, backend)
        # Where an operation calls another.
        self.plain = DefaultClient(server, params, backend)

    add = _behind_breaker("add")
    get = _behind_breaker("get")
    set = _behind_breaker("set")
    touch = _behind_breaker("touch")
    delete = _behind_breaker("delete")
    get_many = _behind_breaker("get_many")
    has_key = _behind_breaker("has_key")
    incr = _behind_breaker("incr")
    decr = _behind_breaker("decr")
    incr_version = _behind_breaker("incr_version")
    set_many = _behind_breaker("set_many")
    delete_many = _behind_breaker("delete_many")
    clear = _behind_breaker("clear")


class FallbackCache(RedisCache):
    """A cache for what may be lost. While Redis is down, or full, each process uses a memory of its own."""

    # Shared by the process: Django creates an instance per thread.
    alone_until = 0.0

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self.alone = LocMemCache("laurel", {"OPTIONS": {"MAX_ENTRIES": REMEMBERED_ALONE_MAX}})

    add = _or_alone("add")
    get = _or_alone("get")
    set = _or_alone("set")
    touch = _or_alone("touch")
    delete = _or_alone("delete")
    get_many = _or_alone("get_many")
    has_key = _or_alone("has_key")
    incr = _or_alone("incr")
    decr = _or_alone("decr")
    incr_version = _or_alone("incr_version")
    set_many = _or_alone("set_many")
    delete_many = _or_alone("delete_many")
    clear = _or_alone("clear")
