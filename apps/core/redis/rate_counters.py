"""Rate limits: calls per minute and caller, counted across processes without a round trip per call.

Each process admits calls by its own knowledge and settles its count with Redis at most every SETTLED_SECONDS per
caller, so a caller may exceed a limit by what all processes but one admit within that time. Exact policies are settled
at each call, and may be exceeded by one call for each process but one. Windows slide: of the previous minute, the part
less than a minute ago counts. Without Redis each process counts alone.
"""

import math
import threading
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import NamedTuple

from apps.core.redis.client import Client, RedisUnavailableError, run_with_breaker

WINDOW_SECONDS = 60
SETTLED_SECONDS = 0.2
# With older data, no call is admitted without a round trip to Redis.
UNSETTLED_SECONDS_MAX = 2.0
# Callers in a process's memory; beyond, it starts over with what Redis has.
REMEMBERED_MAX = 50_000
# Key in the ASGI scope and WSGI environ for the verdict on a request that was counted already, when first tried.
VERDICT = "laurel.rate_limit_verdict"


@dataclass(frozen=True, slots=True)
class Policy:
    """At most `limit` calls in any minute; 0 is no limit."""

    name: str
    limit: int
    # Worth a round trip a call: for what may be tried a few times only, however many processes there are.
    is_exact: bool = False


class Verdict(NamedTuple):
    """Whether a call is admitted, and what is left."""

    policy: Policy
    is_admitted: bool
    remaining: int
    reset_seconds: int


class _Count:
    """One caller's calls under one policy, as known to this process."""

    __slots__ = ("before", "is_settling_queued", "minute", "now", "settled_at", "unsettled")

    def __init__(self, minute: int) -> None:
        self.minute = minute
        self.before = 0
        self.now = 0
        self.unsettled = 0
        self.settled_at = 0.0
        # The settler has been triggered; once is enough.
        self.is_settling_queued = False

    def turn(self, minute: int) -> None:
        if minute != self.minute:
            self.before = self.now if minute == self.minute + 1 else 0
            self.minute, self.now, self.unsettled = minute, 0, 0


class Meter:
    """Counts calls; one instance per process."""

    def __init__(self) -> None:
        self._counts: dict[str, _Count] = {}
        self._lock = threading.Lock()
        # One thread, started with its first task.
        self._settler = ThreadPoolExecutor(max_workers=1, thread_name_prefix="rates")

    def hit(self, subject: str, policy: Policy) -> Verdict:
        """Count a call and return whether it is admitted; refused ones don't count. Sometimes calls Redis."""
        key = _key(subject, policy)
        if policy.is_exact or self._claim_settling(key):
            self._settle([key])
        with self._lock:
            return self._admit(key, policy)

    def hit_locally(self, subject: str, policy: Policy) -> Verdict | None:
        """Count a call as `hit` does, without ever waiting; None for a call that must be counted by `hit`.

        The count is settled in the background.
        """
        key = _key(subject, policy)
        with self._lock:
            count = self._counts.get(key)
            age = math.inf if count is None else time.monotonic() - count.settled_at
            if count is None or age > UNSETTLED_SECONDS_MAX or policy.is_exact:
                return None
            if age > SETTLED_SECONDS and not count.is_settling_queued:
                count.is_settling_queued = True
                self._settler.submit(self._settle, [key])
            verdict = self._admit(key, policy)
        return verdict if verdict.is_admitted else None

    def is_settled(self, subject: str, policy: Policy) -> bool:
        """Whether `hit_locally` knows enough of this count; if it admits nothing then, the limit is used up."""
        with self._lock:
            count = self._counts.get(_key(subject, policy))
            return count is not None and time.monotonic() - count.settled_at <= UNSETTLED_SECONDS_MAX

    def settle(self, callers: Iterable[tuple[str, Policy]]) -> None:
        """Settle the counts of these subjects, so that `hit_locally` admits them. One round trip."""
        self._settle(sorted({_key(subject, policy) for subject, policy in callers}))

    def clear(self) -> None:
        with self._lock:
            self._counts.clear()

    def _claim_settling(self, key: str) -> bool:
        """Whether this call settles the count with Redis; the others continue with what is known."""
        moment = time.monotonic()
        with self._lock:
            count = self._count(key)
            if moment - count.settled_at <= SETTLED_SECONDS:
                return False
            count.settled_at = moment
            return True

    def _settle(self, keys: Sequence[str]) -> None:
        with self._lock:
            taken = [self._take(key) for key in keys]
        try:
            found = run_with_breaker(lambda client: _exchange(client, taken))
        except RedisUnavailableError:
            return
        with self._lock:
            for (key, minute, _), (now, before) in zip(taken, found, strict=True):
                if (count := self._count(key)).minute == minute:
                    count.now, count.before = now + count.unsettled, before

    def _take(self, key: str) -> tuple[str, int, int]:
        """Return the minute and the unsettled calls of a count, which are settled by that. Call locked."""
        count = self._count(key)
        minute, added, count.unsettled = count.minute, count.unsettled, 0
        count.settled_at, count.is_settling_queued = time.monotonic(), False
        return key, minute, added

    def _admit(self, key: str, policy: Policy) -> Verdict:
        """Count a call if the limit allows it. Call locked."""
        elapsed = time.time() % WINDOW_SECONDS
        count = self._count(key)
        used = count.now + count.before * (1 - elapsed / WINDOW_SECONDS)
        is_admitted = used + 1 <= policy.limit
        if is_admitted:
            count.now += 1
            count.unsettled += 1
            used += 1
        remaining = max(0, math.floor(policy.limit - used))
        return Verdict(policy, is_admitted, remaining, math.ceil(WINDOW_SECONDS - elapsed))

    def _count(self, key: str) -> _Count:
        minute = int(time.time() // WINDOW_SECONDS)
        count = self._counts.get(key)
        if count is None:
            if len(self._counts) >= REMEMBERED_MAX:
                self._counts.clear()
            count = self._counts[key] = _Count(minute)
        count.turn(minute)
        return count


def _exchange(client: Client, taken: Iterable[tuple[str, int, int]]) -> list[tuple[int, int]]:
    """Add to the counts of these minutes; return each, and that of the minute before."""
    pipeline = client.pipeline(transaction=False)
    for key, minute, added in taken:
        pipeline.incrby(f"rate:{key}:{minute}", added)
        pipeline.expire(f"rate:{key}:{minute}", 2 * WINDOW_SECONDS)
        pipeline.get(f"rate:{key}:{minute - 1}")
    replies = pipeline.execute()
    return [(int(now), int(before or 0)) for now, before in zip(replies[::3], replies[2::3], strict=True)]


def _key(subject: str, policy: Policy) -> str:
    return f"{policy.name}:{subject}"


meter = Meter()
