"""Browsers with a successful log-in before: wrong guesses by strangers don't lock them out.

A signed cookie, valid for a year, sent to account pages only. It holds digests of log-ins, no address.
"""

import secrets

from django.conf import settings
from django.core import signing
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.crypto import salted_hmac

COOKIE = "laurel_device"
SALT = "known device"
PATH = "/accounts/"
AGE_SECONDS = 365 * 24 * 3600
# For browsers that people share.
LOGINS_MAX = 8


def device_known_to(request: HttpRequest, login: str) -> str | None:
    """Return the device's id if this log-in has succeeded on it, else None."""
    device, logins = _read(request)
    return device if _digest(login) in logins else None


def remember_device(request: HttpRequest, response: HttpResponseBase, login: str) -> None:
    """Store in the browser's cookie that this log-in has succeeded on it."""
    device, logins = _read(request)
    logins = [_digest(login), *(one for one in logins if one != _digest(login))][:LOGINS_MAX]
    value = signing.dumps([device or secrets.token_urlsafe(12), logins], salt=SALT)
    secure = settings.SESSION_COOKIE_SECURE
    response.set_cookie(COOKIE, value, AGE_SECONDS, path=PATH, secure=secure, httponly=True, samesite="Lax")


def _read(request: HttpRequest) -> tuple[str, list[str]]:
    try:
        device, logins = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=AGE_SECONDS)
    except signing.BadSignature:
        return "", []
    return device, logins


def _digest(login: str) -> str:
    return salted_hmac(SALT, login.strip().lower(), algorithm="sha256").hexdigest()[:24]
