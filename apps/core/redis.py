"""The only door to Redis: clients with real time-outs, a breaker in front, and Django's cache on top."""

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any, TypeVar

import redis
from django.conf import settings
from django.core.cache.backends.redis import RedisCache
from redis.asyncio import Redis as AsyncRedis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError as RedisError  # noqa: PLC0414 - passed on to those who may not import redis
from redis.retry import Retry

from apps.core.breakers import Breaker, BreakerOpenError

T = TypeVar("T")
Client = redis.Redis
Pipeline = redis.client.Pipeline
PubSub = redis.client.PubSub

breaker = Breaker("redis")


class RedisAwayError(Exception):
    """Redis did not answer in time, or its breaker is open."""


def client_options(timeout_seconds: float | None = None) -> dict[str, Any]:
    """Return connection options without redis-py's ten retries, which held one GET for 58 s when a server froze."""
    timeout = settings.REDIS_TIMEOUT_SECONDS if timeout_seconds is None else timeout_seconds
    return {"socket_timeout": timeout, "socket_connect_timeout": timeout, "retry": Retry(NoBackoff(), 0)}


@lru_cache
def client(url: str | None = None, timeout_seconds: float | None = None) -> Client:
    """Return this process's pooled client, by default of REDIS_URL with the request time-out."""
    return redis.Redis.from_url(url or settings.REDIS_URL, **client_options(timeout_seconds))


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


class DjangoCache(RedisCache):
    """Django's Redis cache with our time-outs; reading and writing what may be lost survives Redis being away."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, {**params, "OPTIONS": client_options()})

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        try:
            return super().get(key, default, version)
        except RedisError:
            return default

    def get_strictly(self, key: str) -> Any:
        """Return the value or None. Raises: RedisError."""
        return super().get(key)

    def existing(self, keys: Iterable[str]) -> set[str]:
        """Return which of these keys are there, without reading what they hold. Raises: RedisError."""
        asked = list(keys)
        values = self._cache.get_client().mget([self.make_and_validate_key(key) for key in asked])
        return {key for key, value in zip(asked, values, strict=True) if value is not None}

    def set(self, key: str, value: Any, timeout: Any = None, version: int | None = None) -> None:
        try:
            super().set(key, value, timeout, version)
        except RedisError:
            return
