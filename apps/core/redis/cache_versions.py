"""Versions in Redis: cached bytes carry the version they were computed from, and are valid while it stands.

Best effort, like every cache: whatever carries a version also expires.
"""

import time
from collections.abc import Sequence

from apps.core.redis.client import Client, Pipeline

# Longer than the lifetime of anything that carries a version.
EXPIRY_SECONDS = 3600
_CHANGE = "for _, key in ipairs(KEYS) do redis.call('SET', key, ARGV[1], 'EX', ARGV[2]) end"


def change_versions(client: Client | Pipeline, keys: Sequence[str]) -> object:
    """Change the versions at these keys, in one command."""
    # Any different value will do, so one script sets the same for all.
    return client.eval(_CHANGE, len(keys), *keys, str(time.time_ns()), str(EXPIRY_SECONDS)) if keys else None
