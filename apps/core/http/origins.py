"""Which pages of other sites may call the API from browsers: those an operator lists, and those other apps know."""

from typing import Protocol

from django.conf import settings


class KnownOrigins(Protocol):
    """Further origins that an app allows. Neither method may raise."""

    def is_known(self, origin: str) -> bool: ...

    def was_known(self, origin: str) -> bool:
        """Return what the process knew last, without a query: also on the event loop."""


_FURTHER: list[KnownOrigins] = []


def know_origins(known: KnownOrigins) -> None:
    _FURTHER.append(known)


def is_origin_allowed(origin: str) -> bool:
    """Return whether pages of an origin may read what the API answers, as CORS has it."""
    return origin in settings.CORS_ALLOWED_ORIGINS or any(known.is_known(origin) for known in _FURTHER)


def was_origin_allowed(origin: str) -> bool:
    """Return the same by what this process knew last, for the event loop, which may not query."""
    return origin in settings.CORS_ALLOWED_ORIGINS or any(known.was_known(origin) for known in _FURTHER)
