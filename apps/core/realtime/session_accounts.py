"""The account of a session cookie, accepted only from our own pages."""

from collections.abc import Iterable
from importlib import import_module
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import auth
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest
from django.http.cookie import parse_cookie
from django.http.request import split_domain_port, validate_host

from apps.core.http.ip_addresses import is_secure
from apps.core.realtime.asgi_types import Scope
from apps.core.realtime.socket_closing import CloseCode, SocketClosedError
from apps.core.redis.client import existing
from apps.core.redis.sessions import is_unreadable


def header(scope: Scope, name: bytes) -> str:
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), "")


def check_origin(scope: Scope, trusted: Iterable[str] | None = None) -> None:
    """Refuse pages of other sites, for which a browser would send our cookie. Raises: SocketClosedError.

    The rule is Django's for forms: this host with its scheme, or one of `trusted`, by default CSRF_TRUSTED_ORIGINS.
    Clients other than browsers send no origin.
    """
    origin = header(scope, b"origin")
    others = settings.CSRF_TRUSTED_ORIGINS if trusted is None else trusted
    if origin and not _is_own(origin, scope) and not _is_among(origin, others):
        raise SocketClosedError(CloseCode.FORBIDDEN)


def session_of(scope: Scope) -> tuple[str, AbstractBaseUser]:
    """Return the session key in the cookie, and its account; blocks. Raises: SocketClosedError."""
    session_key = parse_cookie(header(scope, b"cookie")).get(settings.SESSION_COOKIE_NAME)
    if not session_key:
        raise SocketClosedError(CloseCode.NOT_AUTHENTICATED)
    request = HttpRequest()
    request.session = _store()(session_key)
    account = auth.get_user(request)
    if not isinstance(account, AbstractBaseUser):
        # Sessions are stored in Redis: without it nobody can be identified, and clients must retry.
        code = CloseCode.TRY_LATER if is_unreadable(request.session) else CloseCode.NOT_AUTHENTICATED
        raise SocketClosedError(code)
    return session_key, account


def living_sessions(session_keys: Iterable[str]) -> set[str]:
    """Return the sessions that have not ended: a log-out deletes one, a log-in creates another.

    Cost: one round trip. Raises: RedisUnavailableError; nobody counts as logged out then.
    """
    prefix = _store().cache_key_prefix
    found = existing(settings.SESSION_CACHE_ALIAS, [prefix + key for key in session_keys])
    return {key.removeprefix(prefix) for key in found}


def _store() -> Any:
    return import_module(settings.SESSION_ENGINE).SessionStore


def _is_own(origin: str, scope: Scope) -> bool:
    host = header(scope, b"host")
    scheme = "https" if is_secure(scope) else "http"
    return origin == f"{scheme}://{host}" and validate_host(split_domain_port(host)[0], settings.ALLOWED_HOSTS)


def _is_among(origin: str, others: Iterable[str]) -> bool:
    parts = urlsplit(origin)
    for trusted in map(urlsplit, others):
        is_below = trusted.netloc.startswith("*.") and parts.netloc.endswith(trusted.netloc[1:])
        if parts.scheme == trusted.scheme and (is_below or parts.netloc == trusted.netloc):
            return True
    return False
