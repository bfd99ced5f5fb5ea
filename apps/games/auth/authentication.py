"""Identifies API callers: a key, a player token, or a browser's session."""

from importlib import import_module

from django.conf import settings
from django.contrib import auth
from django.http import HttpRequest
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext, gettext_noop
from rest_framework.authentication import BaseAuthentication, CSRFCheck
from rest_framework.request import Request

from apps.core.api.auth.callers import Caller, UnreadableSession
from apps.core.errors import DomainError
from apps.core.http.ip_addresses import ip_address_of
from apps.core.redis.sessions import is_unreadable
from apps.games.auth import keys
from apps.games.auth.credentials import Credentials
from apps.games.auth.known_tokens import known_tokens
from apps.players import tokens
from apps.players.models import Account, Player


class InvalidKeyError(DomainError):
    code = "invalid_key"
    status = 401
    detail = gettext_noop(
        "Send a valid API key as `Authorization: Bearer lk_live_...`. Keys are created in the portal, under Keys."
    )


class KeyRevokedError(DomainError):
    code = "key_revoked"
    status = 401


class TokenRevokedError(DomainError):
    code = "token_revoked"
    status = 401
    detail = gettext_noop(
        "This player token has ended, with the log-in, password, account or player it came from. Create a new one."
    )


class OriginNotAllowedError(DomainError):
    code = "origin_not_allowed"
    status = 403
    detail = gettext_noop(
        "This publishable key may not be used by pages of this origin. Add the origin to the key, under Keys."
    )


class CSRFFailedError(DomainError):
    code = "csrf_failed"
    status = 403
    detail = gettext_noop(
        "A change with a browser's session needs its CSRF token: send the cookie's value as X-CSRFToken."
    )


class CallerAuthentication(BaseAuthentication):
    """Sets request.auth to the Caller, or to None without credentials; refuses bad ones."""

    def authenticate(self, request: Request) -> tuple[object, Caller | UnreadableSession] | None:
        header = request.META.get("HTTP_AUTHORIZATION")
        if header is None:
            caller = _session_caller(request)
            return None if caller is None else (None, caller)
        scheme, _, secret = header.partition(" ")
        secret = secret.strip()
        if scheme.lower() == "bearer" and secret.startswith(tokens.PREFIX):
            return _token_caller(secret, request)
        if scheme.lower() != "bearer" or not secret.startswith("lk_"):
            raise InvalidKeyError
        identity = _known_key(keys.cache.find(secret))
        if not identity.is_publishable:
            return None, caller_of_key(identity)
        _require_origin(identity, request)
        return None, publishable_caller(identity, identity.subject_from(ip_address_of(request)))

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


def caller_of_key(identity: keys.KeyIdentity) -> Caller:
    return Caller(
        kind="key",
        id=identity.caller_id,
        game_id=identity.game_id,
        key_id=identity.id,
        is_test=identity.is_test,
        scopes=frozenset(identity.scopes),
    )


def publishable_caller(identity: keys.KeyIdentity, subject: str) -> Caller:
    """Return the caller behind a key that everybody has."""
    return Caller(
        kind="publishable",
        id=subject,
        game_id=identity.game_id,
        key_id=identity.id,
        is_test=identity.is_test,
    )


def _require_origin(identity: keys.KeyIdentity, request: Request) -> None:
    """Refuse pages of sites that a publishable key does not name. Raises: OriginNotAllowedError."""
    origin = request.META.get("HTTP_ORIGIN")
    if identity.is_publishable and origin is not None and origin not in identity.allowed_origins:
        raise OriginNotAllowedError


def _known_key(identity: keys.KeyIdentity | None) -> keys.KeyIdentity:
    if identity is None:
        raise InvalidKeyError
    if identity.revoked_at is not None:
        day = format_date(identity.revoked_at, "j F Y")
        raise KeyRevokedError(gettext("This key was revoked on {day}. Create a new one under Keys.").format(day=day))
    return identity


def _token_caller(secret: str, request: Request) -> tuple[Credentials, Caller]:
    """Return the caller, and the credentials that the token, and connections opened with it, depend on."""
    token = tokens.read_token(secret)
    if token.key_id is not None:
        # A token ends with the key that created it.
        _require_origin(_known_key(keys.cache.find_by_id(token.key_id)), request)
    known = known_tokens.find(token)
    if known is None:
        raise TokenRevokedError
    return known.credentials, Caller(
        kind="token",
        id=f"player:{known.player_id}",
        game_id=token.game_id,
        player_id=known.player_id,
        key_id=token.key_id,
        is_test=token.is_test,
        former_id=token.player_id if token.player_id != known.player_id else None,
        device_id=token.device_id,
    )


def _session_caller(request: Request) -> Caller | UnreadableSession | None:
    session_key = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
    if not session_key:
        return None
    carrier = HttpRequest()
    carrier.session = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    account = auth.get_user(carrier)
    if is_unreadable(carrier.session):
        return UnreadableSession()
    if not isinstance(account, Account) or not account.is_active:
        return None
    _check_csrf(request)
    player_id = Player.objects.filter(account_id=account.id).values_list("id", flat=True).first()
    return Caller(kind="session", id=f"account:{account.id}", player_id=player_id, account_id=account.id)


def _check_csrf(request: Request) -> None:
    """Refuse a cross-site request that carries our cookie. Raises: CSRFFailedError."""
    check = CSRFCheck(lambda _: None)  # type: ignore[arg-type]
    inner = request._request  # noqa: SLF001 - as DRF's own session authentication does
    check.process_request(inner)
    if check.process_view(inner, None, (), {}) is not None:  # type: ignore[arg-type]
        raise CSRFFailedError
