"""Rate limits: so many calls a minute for each caller, counted over all processes, at no round trip a call.

Each process lets calls through by what it knows and settles its count with Redis at most every SETTLED_SECONDS a
caller, so a caller may pass a limit by what all processes admit within that time. Windows slide: of the minute before,
the part that is less than a minute ago counts. Without Redis each process counts by itself.
"""

import math
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import NamedTuple

from apps.core.redis.client import Client, RedisAwayError, attempt

WINDOW_SECONDS = 60
SETTLED_SECONDS = 0.2
# Older than this, nothing is let through on what is known alone.
UNSETTLED_SECONDS_MAX = 2.0
# Callers remembered by a process; beyond, it starts afresh from what Redis knows.
REMEMBERED_MAX = 50_000


@dataclass(frozen=True, slots=True)
class Policy:
    """At most `limit` calls in any minute; 0 is no limit."""

    name: str
    limit: int


class Verdict(NamedTuple):
    """Whether a call is let through, and what is left."""

    policy: Policy
    is_admitted: bool
    remaining: int
    reset_seconds: int


class _Count:
    """One caller's calls under one policy, as this process knows them."""

    __slots__ = ("before", "is_asked_for", "minute", "now", "settled_at", "unsettled")

    def __init__(self, minute: int) -> None:
        self.minute = minute
        self.before = 0
        self.now = 0
        self.unsettled = 0
        self.settled_at = 0.0
        # The settler has been asked; once is enough.
        self.is_asked_for = False

    def turn(self, minute: int) -> None:
        if minute != self.minute:
            self.before = self.now if minute == self.minute + 1 else 0
            self.minute, self.now, self.unsettled = minute, 0, 0


class Meter:
    """Counts calls; one a process."""

    def __init__(self) -> None:
        self._counts: dict[str, _Count] = {}
        self._lock = threading.Lock()
        # One thread, which starts with its first work.
        self._settler = ThreadPoolExecutor(max_workers=1, thread_name_prefix="rates")

    def hit(self, subject: str, policy: Policy) -> Verdict:
        """Count a call and say whether it is let through; refused ones don't count. Sometimes asks Redis."""
        key = f"{policy.name}:{subject}"
        if self._claim_settling(key):
            self._settle(key)
        with self._lock:
            return self._admit(key, policy)

    def hit_locally(self, subject: str, policy: Policy) -> Verdict | None:
        """Count a call as `hit` does, without ever waiting; None for a call that must be counted by `hit`.

        The count is settled beside the call.
        """
        key = f"{policy.name}:{subject}"
        with self._lock:
            count = self._counts.get(key)
            age = math.inf if count is None else time.monotonic() - count.settled_at
            if count is None or age > UNSETTLED_SECONDS_MAX:
                return None
            if age > SETTLED_SECONDS and not count.is_asked_for:
                count.is_asked_for = True
                self._settler.submit(self._settle, key)
            verdict = self._admit(key, policy)
        return verdict if verdict.is_admitted else None

    def clear(self) -> None:
        with self._lock:
            self._counts.clear()

    def _claim_settling(self, key: str) -> bool:
        """Whether it is this call's turn to ask Redis; the others go on with what is known."""
        moment = time.monotonic()
        with self._lock:
            count = self._count(key)
            if moment - count.settled_at <= SETTLED_SECONDS:
                return False
            count.settled_at = moment
            return True

    def _settle(self, key: str) -> None:
        with self._lock:
            count = self._count(key)
            minute, added, count.unsettled = count.minute, count.unsettled, 0
            count.settled_at, count.is_asked_for = time.monotonic(), False
        try:
            now, before = attempt(lambda client: _exchange(client, key, minute, added))
        except RedisAwayError:
            return
        with self._lock:
            if count.minute == minute:
                count.now, count.before = now + count.unsettled, before

    def _admit(self, key: str, policy: Policy) -> Verdict:
        """Count a call if there is room for it. Call locked."""
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


def _exchange(client: Client, key: str, minute: int, added: int) -> tuple[int, int]:
    """Add to the count of this minute; return it, and that of the minute before."""
    pipeline = client.pipeline(transaction=False)
    pipeline.incrby(f"rate:{key}:{minute}", added)
    pipeline.expire(f"rate:{key}:{minute}", 2 * WINDOW_SECONDS)
    pipeline.get(f"rate:{key}:{minute - 1}")
    now, _, before = pipeline.execute()
    return int(now), int(before or 0)


meter = Meter()
