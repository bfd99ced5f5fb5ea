"""Versions of cached data as Redis has them, read in groups: a hot key once in some milliseconds, whoever needs it."""

import asyncio
from collections.abc import Collection, Sequence
from math import inf
from time import monotonic

from apps.core.asgi.micro_batching import MicroBatcher
from apps.core.redis.cache_versions import trusted_since
from apps.core.redis.client import RedisUnavailableError, run_with_breaker, values_of
from apps.core.redis.versioned_cache import Validity

# A value counts for so long from the moment its reading began.
TRUSTED_SECONDS = 0.02
# Beyond this age it is read again beside the request, so that nobody waits for what is hot.
RENEWED_SECONDS = 0.01
# Later the request goes the ordinary way. Longer than Redis may take before it counts as down: sent to threads
# sooner, the readers of a busy process would delay the one that reads versions, and so each other.
WAIT_SECONDS_MAX = 0.5
# About 250 bytes each; beyond, all are read again.
KNOWN_MAX = 20_000

# A version, and when its reading began.
_Known = tuple[bytes | None, float]


class KnownVersions:
    """What this process knows of versions; used on one event loop."""

    def __init__(self) -> None:
        self._known: dict[str, _Known] = {}
        self._under_way: dict[str, asyncio.Task[bool]] = {}
        self._reads: MicroBatcher[str, _Known] = MicroBatcher(_read, batches_max=1, size_max=1000)

    async def hold(self, validity: Validity, *, read_since: float = 0.0) -> bool | None:
        """Return whether the versions are still these; None when Redis does not say so in time.

        None, too, if what was waited for began to be read before `read_since` (monotonic): others may have had to wait
        for it for long already. And while a change by this process is on its way: the next response has it.
        """
        if any(trusted_since(key) == inf for key in validity.version_keys):
            return None
        if (missing := self._missing(validity.version_keys)) and not await self._are_read(missing):
            return None
        known = [self._trusted(key) for key in validity.version_keys]
        # Others may have been read so many at once that what was read here is dropped again.
        versions = tuple([item[0] for item in known if item is not None and item[1] >= read_since])
        return versions == validity.versions if len(versions) == len(known) else None

    def note(self, validity: Validity, began_at: float) -> None:
        """Note versions that a view read after `began_at`, unless newer ones are known."""
        for key, version in zip(validity.version_keys, validity.versions, strict=True):
            known = self._known.get(key)
            if known is None or known[1] < began_at:
                self._remember(key, (version, began_at))

    def _trusted(self, key: str) -> _Known | None:
        """Return what is known of a key since this process last changed it."""
        known = self._known.get(key)
        return known if known is not None and known[1] > trusted_since(key) else None

    def _missing(self, keys: Sequence[str]) -> list[str]:
        """Return the keys whose version must be read first; start reading what gets old."""
        moment, missing = monotonic(), []
        for key in keys:
            known = self._trusted(key)
            age = TRUSTED_SECONDS if known is None else moment - known[1]
            if age >= TRUSTED_SECONDS:
                missing.append(key)
            elif age > RENEWED_SECONDS:
                self._start(key)
        return missing

    async def _are_read(self, keys: Collection[str]) -> bool:
        tasks = [self._start(key) for key in keys]
        _, late = await asyncio.wait(tasks, timeout=WAIT_SECONDS_MAX)
        return not late and all(task.result() for task in tasks)

    def _start(self, key: str) -> asyncio.Task[bool]:
        """Return the reading of a key that is under way, or a new one."""
        task = self._under_way.get(key)
        if task is None:
            task = self._under_way[key] = asyncio.create_task(self._run(key))
        return task

    async def _run(self, key: str) -> bool:
        try:
            self._remember(key, await self._reads.call(key))
        except RedisUnavailableError:
            return False
        finally:
            del self._under_way[key]
        return True

    def _remember(self, key: str, known: _Known) -> None:
        if len(self._known) >= KNOWN_MAX:
            self._known.clear()
        self._known[key] = known


def _read(keys: Sequence[str]) -> list[_Known]:
    """Read the keys in one round trip to the primary. Raises: RedisUnavailableError."""
    began_at = monotonic()
    different = list(dict.fromkeys(keys))
    found = dict(zip(different, run_with_breaker(lambda client: values_of(client, different)), strict=True))
    return [(found[key], began_at) for key in keys]
