"""The only door to Redis: connections to the servers that CACHES names, and calls that end in time or are refused.

Connections are django-redis's; what is hot uses them as they are, through `run_with_breaker`. Django's caches
go through cache_backends.py.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import TypeVar

import redis
from django.conf import settings
from django.core.cache import caches
from django_redis import get_redis_connection
from redis.exceptions import RedisError as RedisError  # noqa: PLC0414 - passed on to those who may not import redis
from redis.exceptions import ResponseError as ResponseError  # noqa: PLC0414 - as RedisError

from apps.core.circuit_breakers import BreakerOpenError
from apps.core.redis.breakers import breaker, cache_breaker
from apps.core.redis.connection_pools import ConnectionFactory

T = TypeVar("T")
Client = redis.Redis
Pipeline = redis.client.Pipeline
PubSub = redis.client.PubSub

# The aliases of CACHES that are used as connections alone: live data, and finished bytes, which replicas may serve.
LIVE, FINISHED = "live", "finished"


class RedisUnavailableError(Exception):
    """Redis did not respond in time, or its breaker is open."""


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


def run_with_breaker(operation: Callable[[Client], T]) -> T:
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
