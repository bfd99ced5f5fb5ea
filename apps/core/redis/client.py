"""The only door to Redis: clients with real time-outs, a breaker in front, and Django's cache on top."""

import time
from collections.abc import Callable, Iterable, Sequence
from functools import cache, lru_cache
from typing import Any, TypeVar
from urllib.parse import urlsplit

import redis
from django.conf import settings
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis.asyncio import Redis as AsyncRedis
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError as RedisError  # noqa: PLC0414 - passed on to those who may not import redis
from redis.exceptions import ResponseError as ResponseError  # noqa: PLC0414 - as RedisError
from redis.exceptions import TimeoutError as RedisTimeoutError
from redis.retry import Retry

from apps.core.circuit_breakers import Breaker, BreakerOpenError

T = TypeVar("T")
Client = redis.Redis
Pipeline = redis.client.Pipeline
PubSub = redis.client.PubSub

breaker = Breaker("redis")


class RedisAwayError(Exception):
    """Redis did not answer in time, or its breaker is open."""


def client_options(timeout_seconds: float | None = None) -> dict[str, object]:
    """Return connection options without redis-py's ten retries, which held one GET for 58 s when a server froze."""
    timeout = settings.REDIS_TIMEOUT_SECONDS if timeout_seconds is None else timeout_seconds
    return {"socket_timeout": timeout, "socket_connect_timeout": timeout, "retry": Retry(NoBackoff(), 0)}


@lru_cache
def client(url: str | None = None, timeout_seconds: float | None = None) -> Client:
    """Return this process's pooled client, by default of REDIS_URL with the request time-out."""
    return redis.Redis.from_url(url or settings.REDIS_URL, **client_options(timeout_seconds))


# redis-py types what these return as of either kind of client.
def value_of(client: Client, key: str) -> bytes | None:
    """GET."""
    return client.get(key)  # type: ignore[return-value]


def values_of(client: Client, keys: Sequence[str]) -> list[bytes | None]:
    """MGET."""
    return client.mget(keys)  # type: ignore[return-value]


def members_of(client: Client, key: str) -> set[bytes]:
    """SMEMBERS."""
    return client.smembers(key)  # type: ignore[return-value]


def async_client() -> "AsyncRedis":
    """Return a new asyncio client of REDIS_URL; it belongs to the loop it is first used in."""
    from redis.asyncio.retry import Retry as AsyncRetry

    timeout = settings.REDIS_TIMEOUT_SECONDS
    return AsyncRedis.from_url(
        settings.REDIS_URL, socket_timeout=timeout, socket_connect_timeout=timeout, retry=AsyncRetry(NoBackoff(), 0)
    )


def attempt(operation: Callable[[Client], T]) -> T:
    """Run the operation with the request client, behind the breaker.

    Raises: RedisAwayError when Redis is away, slow (100 ms) or its breaker is open.
    """
    try:
        return breaker.call(lambda: operation(client()), failures=(RedisError, OSError))
    except (RedisError, OSError, BreakerOpenError) as error:
        raise RedisAwayError(str(error)) from error


# At the longest between two trials: 100 ms for one caller in each two seconds while it is silent.
CACHE_PAUSE_SECONDS = 2.0
# Who was refused a write stops reading too, for the longest limit's time: else it would not find what it wrote alone.
ALONE_SECONDS = 300.0
# Rate limits and the like that a process remembers by itself while Redis is away.
REMEMBERED_ALONE_MAX = 50_000
# A server that refuses, as a full one refuses writes, is there: it answers at once, and may be asked again.
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
    "set_many",
    "delete_many",
    "clear",
]


@cache
def cache_breaker(server: str) -> Breaker:
    """Return the breaker of the server at this host and port, whatever database of it is used."""
    return Breaker(f"cache {server}", pause_seconds_max=CACHE_PAUSE_SECONDS)


def _shielded(name: str) -> Callable[..., Any]:
    """Return an operation of Django's client behind a breaker. It raises RedisAwayError where Redis does not do it."""

    def operate(self: Any, *args: Any, **options: Any) -> Any:
        breaker = cache_breaker(urlsplit(self._servers[0]).netloc)
        try:
            return breaker.call(lambda: getattr(RedisCacheClient, name)(self, *args, **options), failures=_SILENCE)
        except (RedisError, OSError, BreakerOpenError) as error:
            raise RedisAwayError(str(error)) from error

    return operate


def _either(name: str) -> Callable[..., Any]:
    """Return an operation of the shared cache that is the process's own where Redis does not do it."""

    def operate(self: Any, *args: Any, **options: Any) -> Any:
        if time.monotonic() >= DjangoCache.alone_until:
            try:
                return getattr(SessionCache, name)(self, *args, **options)
            except RedisAwayError as error:
                if isinstance(error.__cause__, ResponseError):
                    DjangoCache.alone_until = time.monotonic() + ALONE_SECONDS
        return getattr(self.alone, name)(*args, **options)

    return operate


_ShieldedClient: object = type("_ShieldedClient", (RedisCacheClient,), {name: _shielded(name) for name in _OPERATIONS})


class SessionCache(RedisCache):
    """Django's Redis cache with our time-outs and a breaker. Raises: RedisAwayError, from all it does."""

    def __init__(self, server: str, params: dict[str, object]) -> None:
        super().__init__(server, {**params, "OPTIONS": client_options()})
        self._class = _ShieldedClient

    def existing(self, keys: Iterable[str]) -> set[str]:
        """Return which of these keys are there, without reading what they hold. Raises: RedisAwayError."""
        asked = list(keys)
        client = self._cache.get_client()
        try:
            values = client.mget([self.make_and_validate_key(key) for key in asked])
        except (RedisError, OSError) as error:
            raise RedisAwayError(str(error)) from error
        return {key for key, value in zip(asked, values, strict=True) if value is not None}


class DjangoCache(SessionCache):
    """The cache for what may be lost. While Redis is away, or full, each process goes on with a memory of its own."""

    # Of the whole process: Django makes an object a thread.
    alone_until = 0.0

    def __init__(self, server: str, params: dict[str, object]) -> None:
        super().__init__(server, params)
        self.alone = LocMemCache("laurel", {"OPTIONS": {"MAX_ENTRIES": REMEMBERED_ALONE_MAX}})


for _name in _OPERATIONS:
    setattr(DjangoCache, _name, _either(_name))
