"""Versions in Redis: cached bytes carry the version they were computed from, and are valid while it stands.

Best effort, like every cache: whatever carries a version also expires.
"""

import time
from collections import deque
from collections.abc import Collection
from math import inf

from apps.core.redis.client import Client, Pipeline, run_with_breaker

EPOCH_KEY = "cache-epoch"
# Longer than the lifetime of anything that carries a version.
EXPIRY_SECONDS = 3600
_CHANGE = "for _, key in ipairs(KEYS) do redis.call('SET', key, ARGV[1], 'EX', ARGV[2]) end"
# Longer than any reading of versions takes that may have begun before a change.
_REMEMBERED_SECONDS = 10.0


def change_versions(client: Client | Pipeline, keys: Collection[str]) -> object:
    """Change the versions at these keys, in one command."""
    # Any different value will do, so one script sets the same for all.
    return client.eval(_CHANGE, len(keys), *keys, str(time.time_ns()), str(EXPIRY_SECONDS)) if keys else None


def change_versions_now(keys: Collection[str]) -> None:
    """Change the versions at these keys, in one round trip. Raises: RedisUnavailableError."""
    if keys:
        run_with_breaker(lambda client: change_versions(client, keys))


def change_epoch(client: Client | Pipeline) -> object:
    """Have no bytes with versions count any more, wherever they are."""
    return client.set(EPOCH_KEY, str(time.time_ns()))


class VersionChange:
    """A change on its way to Redis: until it is there, this process trusts no version at these keys."""

    def __init__(self, keys: Collection[str]) -> None:
        self.keys = keys
        # By time.monotonic.
        self.sent_at = inf
        for key in keys:
            _latest[key] = self

    def __call__(self, pipeline: Pipeline) -> object:
        """Send it with a pipeline's other commands."""
        return change_versions(pipeline, self.keys)

    def note_sent(self) -> None:
        """Trust what is read from now on."""
        self.sent_at = time.monotonic()
        _sent.append(self)
        while _sent[0].sent_at < self.sent_at - _REMEMBERED_SECONDS:
            _sent.popleft().drop()

    def drop(self) -> None:
        for key in self.keys:
            if _latest.get(key) is self:
                del _latest[key]


class EpochChange(VersionChange):
    """The change of the epoch, after others that Redis did not take."""

    def __init__(self) -> None:
        super().__init__([EPOCH_KEY])

    def __call__(self, pipeline: Pipeline) -> object:
        return change_epoch(pipeline)


# Of each key changed lately in this process.
_latest: dict[str, VersionChange] = {}
_sent: deque[VersionChange] = deque()


def trusted_since(key: str) -> float:
    """Return when (time.monotonic) this process's last change of a key was in Redis: `inf` while it is on its way."""
    change = _latest.get(key)
    return change.sent_at if change is not None else 0.0
