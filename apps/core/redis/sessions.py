"""Sessions in Redis that survive an outage: nobody has to log in again after it.

Meanwhile visitors are anonymous where that suffices; what needs a log-in responds with 503 (unreadable_error).
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.backends.cache import SessionStore as CacheSessionStore
from django.utils.translation import gettext, gettext_noop

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
            if must_create or self.modified or self.session_key is None:
                super().save(must_create)
            else:
                self._extend()
        except RedisUnavailableError as error:
            if must_create or self.modified:
                raise SessionsUnavailableError from error

    def _extend(self) -> None:
        """Extend the session by one command, where storing it anew takes two. Raises: UpdateError if it has ended."""
        if not self._cache.touch(self.cache_key, self.get_expiry_age()):  # type: ignore[attr-defined]
            raise UpdateError

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


def is_unreadable(session: object) -> bool:
    """Whether this request has tried to read its session, and Redis failed."""
    return getattr(session, "is_unreadable", False)


def unreadable_error() -> SessionsUnavailableError:
    """Return what a request that needs a log-in gets for an unreadable session, instead of an invitation to log in."""
    return SessionsUnavailableError(
        gettext("Your session can't be read, because Redis is not responding. Nothing was changed. Try again shortly.")
    )


@contextmanager
def _reached() -> Iterator[None]:
    try:
        yield
    except RedisUnavailableError as error:
        raise SessionsUnavailableError from error
