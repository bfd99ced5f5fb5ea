"""Changes of versions that follow a commit."""

from collections.abc import Collection

from django.db import transaction

from apps.core.background.wakeup import wake_relay
from apps.core.redis.cache_versions import VersionChange


def change_soon(keys: Collection[str]) -> None:
    """Change the versions at these keys soon after the commit; at once for what this process has in memory."""
    if keys:
        transaction.on_commit(lambda: wake_relay(VersionChange(keys)))
