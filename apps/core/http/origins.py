"""Which pages of other sites may call the API from browsers: those an operator lists, and those other apps know."""

from collections.abc import Callable

from django.conf import settings

_KNOWN: list[Callable[[str], bool]] = []


def know_origins(is_known: Callable[[str], bool]) -> None:
    """Have further origins allowed; `is_known` may not raise."""
    _KNOWN.append(is_known)


def is_origin_allowed(origin: str) -> bool:
    """Return whether pages of an origin may read what the API answers, as CORS has it."""
    return origin in settings.CORS_ALLOWED_ORIGINS or any(is_known(origin) for is_known in _KNOWN)
