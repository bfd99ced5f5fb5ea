"""Sessions in Redis that outlive its absence: the visitor is anonymous meanwhile, and logged in again afterwards."""

from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.cache import SessionStore as CacheSessionStore
from django.core.cache import caches

from apps.core.redis import RedisError


class SessionStore(CacheSessionStore):
    """A session that could not be read is neither saved over nor has its cookie deleted."""

    is_unreadable = False

    def load(self) -> dict[str, Any]:
        try:
            # The cache's forgiving `get` would make a missing answer look like a missing session.
            data = caches[settings.SESSION_CACHE_ALIAS].get_strictly(self.cache_key)  # type: ignore[attr-defined]
        except RedisError:
            self.is_unreadable = True
            return {}
        if data is None:
            self._session_key = None
            return {}
        return dict(data)

    def save(self, must_create: bool = False) -> None:
        if not self.is_unreadable:
            super().save(must_create)

    def is_empty(self) -> bool:
        return not self.is_unreadable and super().is_empty()
