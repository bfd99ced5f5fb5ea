"""Repeats that this process has lately recalled from Redis, recalled again on the event loop without a round trip.

An entry counts while its game's version stands, of which the entry brought its own: both came in one read. Whoever
removes unlocks leaves tombstones in Redis, then changes the version, and then waits for as long as a process may trust
what it read of versions before. So what was recalled before the tombstones has a version that nobody trusts any more,
and after them there is nothing to recall. A version is never missing and never comes back: without one, as after a
flush, nothing counts.
"""

import time
from typing import NamedTuple
from uuid import UUID

from apps.core.asgi.known_versions import TRUSTED_SECONDS, KnownVersions
from apps.core.bounded_cache import BoundedCache
from apps.core.realtime.per_loop import PerLoop
from apps.core.redis.versioned_cache import Validity
from apps.unlocks.reports import ReportOutcome

# What lapses in Redis, or is removed there by a version of this software that knows of no versions, ends here too.
SECONDS = 10
# So long after a version has changed nobody recalls by it.
OUTDATED_SECONDS = TRUSTED_SECONDS + 0.005
# Of each of two generations, under 1 kB an entry.
ENTRIES_MAX = 10_000


class _Recalled(NamedTuple):
    outcome: ReportOutcome
    validity: Validity


_recalled: BoundedCache[str, _Recalled] = BoundedCache(ENTRIES_MAX)
_versions = PerLoop(KnownVersions)


def version_key_of(game_id: UUID) -> str:
    return f"repeats-version:{game_id.hex}"


def note(key: str, outcome: ReportOutcome, version_key: str, version: bytes) -> None:
    """Note what was recalled from Redis, with the version that was read in the same command."""
    validity = Validity((version_key,), (version,), time.time() + SECONDS)
    _recalled.add({key: _Recalled(outcome, validity)})


async def recall(key: str) -> ReportOutcome | None:
    """Return the outcome noted under a key, if nothing of its game can have been removed since."""
    found = _recalled.get(key)
    if found is None or found.validity.ends_at <= time.time():
        return None
    read_since = time.monotonic() - TRUSTED_SECONDS
    return found.outcome if await _versions().hold(found.validity, read_since=read_since) else None
