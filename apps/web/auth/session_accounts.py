"""Reads a session's account together with what every page shows of it."""

from uuid import UUID

from django.conf import settings
from django.contrib import auth
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare
from django.utils.functional import SimpleLazyObject

from apps.players.models import Account
from apps.web.queries.header import read_header


class SessionAccountMiddleware(AuthenticationMiddleware):
    """Django's, but that one statement reads the account and its header."""

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        request.user = SimpleLazyObject(lambda: _account_of(request))  # type: ignore[assignment] # as in Django


def _account_of(request: HttpRequest) -> Account | AnonymousUser:
    """Return the session's account, as auth.get_user does, which decides whatever is not plainly so."""
    session = request.session
    try:
        account_id = UUID(session[auth.SESSION_KEY])
        is_ours = session[auth.BACKEND_SESSION_KEY] in settings.AUTHENTICATION_BACKENDS
    except (KeyError, ValueError):
        return AnonymousUser()
    account = read_header(request, account_id).account if is_ours else None
    if account is not None and account.is_active and _is_valid(session.get(auth.HASH_SESSION_KEY, ""), account):
        return account
    return auth.get_user(request)


def _is_valid(session_hash: str, account: Account) -> bool:
    return bool(session_hash) and constant_time_compare(session_hash, account.get_session_auth_hash())
