"""Finished responses as bytes in Redis, valid for some seconds and while the versions they depend on stand.

An entry is one value: its versions, when it ends, its ETag and its body, a line each. The versions are read in one
MGET with it (from the primary first, where replicas have the bytes) and before anything is made, so bytes made from
older data never pass for newer ones. What is for one caller alone, or degraded, is never cached. Without Redis
everything is made each time.
"""

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import NamedTuple

from django.conf import settings

from apps.core.etags import etag_of
from apps.core.redis.cache_versions import EPOCH_KEY, change_epoch
from apps.core.redis.client import Client, RedisUnavailableError, finished_value_of, run_with_breaker, values_of
from apps.core.redis.single_flight import SingleFlight

_LINE_END = b"\n"
# For a key without recent changes.
_NO_VERSION = b"0"
Versions = tuple[bytes | None, ...]


class CacheEntry(NamedTuple):
    """A cache key with its lifetime and the versions it depends on, in addition to what the key names.

    Every caller with this key may have the bytes.
    """

    key: str
    seconds: int
    version_keys: tuple[str, ...] = ()
    # With less time left than this, one reader renews them, while the others still get the old ones.
    renewed_below_seconds: int = 0


def renew_epoch() -> None:
    """Have no bytes with versions count any more, wherever they are. Raises: RedisUnavailableError."""
    run_with_breaker(change_epoch)


class Validity(NamedTuple):
    """How long bytes are current: while these keys have these versions, and until then (seconds since 1970)."""

    version_keys: tuple[str, ...]
    versions: Versions
    ends_at: float

    def until(self, end: datetime | None) -> "Validity":
        """Return it with an earlier end, if there is one."""
        return self if end is None else self._replace(ends_at=min(self.ends_at, end.timestamp()))


class FinishedBytes(NamedTuple):
    """A response's body, with its ETag if known."""

    body: bytes
    etag: str | None = None
    # For this caller only.
    is_private: bool = False
    is_degraded: bool = False
    # None if nothing says when they are out of date.
    validity: Validity | None = None


def validity_from_now(version_keys: tuple[str, ...], seconds: int) -> Validity | None:
    """Return the validity of what is made after this call; None without Redis. One round trip."""
    return validities_from_now([version_keys], seconds)[0]


def validities_from_now(version_keys: Sequence[tuple[str, ...]], seconds: int) -> list[Validity | None]:
    """Return the validity of each of many that are made after this call. One round trip for all."""
    all_keys = tuple({key: None for keys in version_keys for key in keys} | {EPOCH_KEY: None})
    try:
        versions = dict(zip(all_keys, run_with_breaker(lambda client: _versions_of(client, all_keys)), strict=True))
    except RedisUnavailableError:
        return [None] * len(version_keys)
    ends_at = time.time() + seconds
    each = [(*keys, EPOCH_KEY) for keys in version_keys]
    return [Validity(keys, tuple([versions[key] for key in keys]), ends_at) for keys in each]


def _is_shareable(made: FinishedBytes) -> bool:
    return not (made.is_private or made.is_degraded)


_flights: SingleFlight[FinishedBytes] = SingleFlight(_is_shareable)


def cached(entry: CacheEntry, make: Callable[[], FinishedBytes]) -> FinishedBytes:
    """Return the cached bytes if valid, else those that `make` returns. A hit costs one round trip.

    Callers that miss the same entry at the same versions share one computation. If the versions can't be read, nothing
    can be validated, and each caller computes the bytes.
    """
    try:
        versions, found = run_with_breaker(lambda client: _read(client, entry))
    except RedisUnavailableError:
        return make() if entry.version_keys else _flights.get(entry.key, make)
    if found is not None:
        return found
    return _flights.get((entry.key, versions), lambda: _stored(entry, versions, make()))


def _read(client: Client, entry: CacheEntry) -> tuple[Versions, FinishedBytes | None]:
    """Return the current versions, and the cached bytes if valid and not due for renewal by this caller."""
    *versions, value = _values(client, entry)
    current = tuple(versions)
    if value is None:
        return current, None
    made_at, end, etag, body = value.split(_LINE_END, 3)
    ends_at = float(end)
    if made_at != _line(current) or (entry.renewed_below_seconds and _is_my_turn(client, entry, ends_at)):
        return current, None
    return current, FinishedBytes(body, etag.decode(), validity=_validity(entry, current, ends_at))


def _keys_of(entry: CacheEntry) -> tuple[str, ...]:
    """Return the keys of the entry's versions, the epoch last."""
    return (*entry.version_keys, EPOCH_KEY) if entry.version_keys else ()


def _line(versions: Versions) -> bytes:
    return b" ".join([version or _NO_VERSION for version in versions])


def _validity(entry: CacheEntry, versions: Versions, ends_at: float) -> Validity | None:
    return Validity(_keys_of(entry), versions, ends_at) if versions else None


def _values(client: Client, entry: CacheEntry) -> list[bytes | None]:
    """Return the versions, and then what is cached; nothing of an epoch before is valid."""
    values = _stored_values(client, entry)
    if not entry.version_keys or values[-2] is not None:
        return values
    return [*_versions_of(client, _keys_of(entry)), None]


def _versions_of(client: Client, keys: tuple[str, ...]) -> list[bytes | None]:
    """Return the versions, the last that of the epoch, of which there is a new one where Redis has lost it."""
    versions = values_of(client, keys)
    if versions[-1] is None:
        client.set(EPOCH_KEY, str(time.time_ns()), nx=True)
        versions = values_of(client, keys)
    return versions


def _stored_values(client: Client, entry: CacheEntry) -> list[bytes | None]:
    """Return the versions as the primary has them, and then what is cached, which may come from a replica."""
    version_keys = _keys_of(entry)
    if not settings.REDIS_REPLICA_URLS:
        return values_of(client, [*version_keys, entry.key])
    versions = values_of(client, version_keys) if version_keys else []
    return [*versions, finished_value_of(client, entry.key)]


def _is_my_turn(client: Client, entry: CacheEntry, ends_at: float) -> bool:
    below = entry.renewed_below_seconds
    return ends_at - time.time() < below and bool(client.set(f"turn:{entry.key}", b"1", nx=True, ex=below))


def _stored(entry: CacheEntry, versions: Versions, made: FinishedBytes) -> FinishedBytes:
    """Cache the bytes if allowed, with these versions, and return them."""
    if not _is_shareable(made):
        return made
    ends_at = time.time() + entry.seconds
    finished = made._replace(etag=etag_of(made.body), validity=_validity(entry, versions, ends_at))
    value = _LINE_END.join((_line(versions), str(ends_at).encode(), str(finished.etag).encode(), made.body))
    with suppress(RedisUnavailableError):
        run_with_breaker(lambda client: client.set(entry.key, value, ex=entry.seconds))
    return finished
