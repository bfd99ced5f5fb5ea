"""Sessions in Redis that survive an outage: visitors are anonymous during it, and logged in again afterwards."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib.sessions.backends.cache import SessionStore as CacheSessionStore
from django.utils.translation import gettext_noop

from apps.core.errors import DomainError
from apps.core.redis.client import RedisUnavailableError


class SessionsUnavailableError(DomainError):
    code = "sessions_unavailable"
    status = 503
    detail = gettext_noop(
        "Sessions can't be stored, because Redis is down or full. Nothing was changed. Try again shortly."
    )


class SessionStore(CacheSessionStore):
    """An unreadable session is not overwritten, and its cookie is not deleted.

    Failed writes raise SessionsUnavailableError, apart from extending a session's life.
    """

    is_unreadable = False

    def _validate_session_key(self, key: str | None) -> bool:
        # Only keys as Django makes them: others need no look-up, and must not appear in the cache's warnings.
        return key is not None and len(key) == 32 and key.isascii() and key.isalnum()

    def load(self) -> dict[str, object]:
        try:
            data = self._cache.get(self.cache_key)  # type: ignore[attr-defined]
        except RedisUnavailableError:
            self.is_unreadable = True
            return {}
        if data is None:
            self._session_key = None
            return {}
        return dict(data)

    def create(self) -> None:
        with _reached():
            super().create()
        self.is_unreadable = False

    def save(self, must_create: bool = False) -> None:
        if self.is_unreadable and not must_create:
            return
        try:
            super().save(must_create)
        except RedisUnavailableError as error:
            if must_create or self.modified:
                raise SessionsUnavailableError from error

    def exists(self, session_key: str) -> bool:
        with _reached():
            return bool(super().exists(session_key))

    def delete(self, session_key: str | None = None) -> None:
        with _reached():
            super().delete(session_key)

    def is_empty(self) -> bool:
        return not self.is_unreadable and super().is_empty()

    def require_writable(self) -> None:
        """Check that the session can be stored, before actions that depend on it. Raises: SessionsUnavailableError."""
        self.modified = True
        if self.is_unreadable or not self.session_key:
            self.create()
        self.save()


@contextmanager
def _reached() -> Iterator[None]:
    try:
        yield
    except RedisUnavailableError as error:
        raise SessionsUnavailableError from error
