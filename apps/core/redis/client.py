"""The only door to Redis: the servers and time-outs that CACHES names, a breaker in front, and what Django's caches do.

Connections are django-redis's; what is hot uses them as they are, through `attempt`.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from functools import cache, lru_cache
from typing import Any, TypeVar
from urllib.parse import urlsplit

import redis
from django.conf import settings
from django.core.cache import caches
from django.core.cache.backends.locmem import LocMemCache
from django_redis import get_redis_connection, pool
from django_redis.cache import RedisCache
from django_redis.client import DefaultClient
from django_redis.exceptions import ConnectionInterrupted
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError as RedisError  # noqa: PLC0414 - passed on to those who may not import redis
from redis.exceptions import ResponseError as ResponseError  # noqa: PLC0414 - as RedisError
from redis.exceptions import TimeoutError as RedisTimeoutError

from apps.core.circuit_breakers import Breaker, BreakerOpenError

T = TypeVar("T")
Client = redis.Redis
Pipeline = redis.client.Pipeline
PubSub = redis.client.PubSub

breaker = Breaker("redis")
# The aliases of CACHES that are used as connections alone: live data, and finished bytes, which replicas may serve.
LIVE, FINISHED = "live", "finished"


class RedisUnavailableError(Exception):
    """Redis did not respond in time, or its breaker is open."""


class ConnectionFactory(pool.ConnectionFactory):
    """django-redis's, with pools apart for other time-outs: its own are one a URL, with those of whoever came first."""

    def get_or_create_connection_pool(self, params: dict[str, Any]) -> redis.ConnectionPool:
        key = f"{params['url']} {params['socket_timeout']}"
        pools: dict[str, redis.ConnectionPool] = self._pools
        if key not in pools:
            pools[key] = self.get_connection_pool(params)
        return pools[key]


@lru_cache
def client(alias: str = LIVE, timeout_seconds: float | None = None) -> Client:
    """Return this process's pooled client of an alias of CACHES, by default with the time-outs given there."""
    if timeout_seconds is not None:
        return client_of(servers_of(alias)[0], timeout_seconds)
    found: Client = get_redis_connection(alias)
    return found


def client_of(url: str, timeout_seconds: float) -> Client:
    """Return a pooled client of any server, with the options of the live one but for the time-outs."""
    timeouts = dict.fromkeys(("SOCKET_TIMEOUT", "SOCKET_CONNECT_TIMEOUT"), timeout_seconds)
    found: Client = ConnectionFactory({**settings.CACHES[LIVE]["OPTIONS"], **timeouts}).connect(url)
    return found


def servers_of(alias: str) -> list[str]:
    """Return the URLs of an alias: its primary, then replicas."""
    location: str | list[str] = settings.CACHES[alias]["LOCATION"]
    return [location] if isinstance(location, str) else location


# redis-py's types allow for either kind of client.
def value_of(client: Client, key: str) -> bytes | None:
    """GET."""
    return client.get(key)  # type: ignore[return-value]


def values_of(client: Client, keys: Sequence[str]) -> list[bytes | None]:
    """MGET."""
    return client.mget(keys)  # type: ignore[return-value]


def members_of(client: Client, key: str) -> set[bytes]:
    """SMEMBERS."""
    return client.smembers(key)  # type: ignore[return-value]


def attempt(operation: Callable[[Client], T]) -> T:
    """Run the operation with the request client, behind the breaker.

    Raises: RedisUnavailableError when Redis is down, slow (100 ms) or its breaker is open.
    """
    try:
        return breaker.call(lambda: operation(client()), failures=(RedisError, OSError))
    except (RedisError, OSError, BreakerOpenError) as error:
        raise RedisUnavailableError(str(error)) from error


def finished_value_of(primary: Client, key: str) -> bytes | None:
    """GET finished bytes from one of the replicas, or from the primary when that one does not answer.

    A lagging replica has older bytes. Versions or keys reveal that, so read nothing without them there.
    """
    replica: Client = get_redis_connection(FINISHED, write=False)
    where = replica.connection_pool.connection_kwargs
    try:
        return cache_breaker(f"{where.get('host')}:{where.get('port')}").call(
            lambda: value_of(replica, key), failures=(RedisError, OSError)
        )
    except (RedisError, OSError, BreakerOpenError):
        return value_of(primary, key)


def existing(alias: str, keys: Iterable[str]) -> set[str]:
    """Return which of these keys a cache has, without unpickling what they hold. Raises: RedisUnavailableError."""
    requested = list(keys)
    try:
        values = values_of(client(alias), [str(caches[alias].make_key(key)) for key in requested])
    except (RedisError, OSError) as error:
        raise RedisUnavailableError(str(error)) from error
    return {key for key, value in zip(requested, values, strict=True) if value is not None}


# The longest pause between two trials: during an outage one caller every two seconds waits 100 ms.
CACHE_PAUSE_SECONDS = 2.0
# After a refused write a process also reads locally, for the longest limit's window: else it would miss its own writes.
ALONE_SECONDS = 300.0
# Rate limits and the like that a process stores locally while Redis is down.
REMEMBERED_ALONE_MAX = 50_000
# A server that refuses writes, as a full one does, is up: it responds at once, and may be called again.
_SILENCE = (RedisConnectionError, RedisTimeoutError, OSError)
_OPERATIONS = [
    "add",
    "get",
    "set",
    "touch",
    "delete",
    "get_many",
    "has_key",
    "incr",
    "decr",
    "incr_version",
    "set_many",
    "delete_many",
    "clear",
]


@cache
def cache_breaker(server: str) -> Breaker:
    """Return the breaker of the server at this host and port, shared by its databases."""
    return Breaker(f"cache {server}", pause_seconds_max=CACHE_PAUSE_SECONDS)


def _shielded(name: str) -> Callable[..., object]:
    """Return an operation of django-redis's client behind a breaker. Raises: RedisUnavailableError."""

    def operate(self: Any, *args: Any, **options: Any) -> Any:
        def reach() -> Any:
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


def _either(name: str) -> Callable[..., object]:
    """Return an operation of the shared cache that falls back to the process's own when Redis fails it."""

    def operate(self: Any, *args: Any, **options: Any) -> Any:
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


class FallbackCache(RedisCache):
    """A cache for what may be lost. While Redis is down, or full, each process uses a memory of its own."""

    # Shared by the process: Django creates an instance per thread.
    alone_until = 0.0

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self.alone = LocMemCache("laurel", {"OPTIONS": {"MAX_ENTRIES": REMEMBERED_ALONE_MAX}})


for _name in _OPERATIONS:
    setattr(BreakerClient, _name, _shielded(_name))
    setattr(FallbackCache, _name, _either(_name))
