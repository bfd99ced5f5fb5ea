"""Secrets that have to be read again, kept sealed: whoever has the database alone has none of them.

What need only be recognised, such as API keys, is kept as a digest instead.
"""

import base64
import hashlib
import hmac

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils.encoding import force_bytes


class SealBrokenError(Exception):
    """The text was sealed with another SECRET_KEY, or for another purpose, or is none of ours."""


def seal(text: str, *, purpose: str) -> str:
    """Return the text sealed under SECRET_KEY, different each time; only the same purpose opens it."""
    return _fernet(purpose).encrypt(text.encode()).decode()


def unseal(sealed: str, *, purpose: str) -> str:
    """Return the text, also of a seal made under one of SECRET_KEY_FALLBACKS. Raises: SealBrokenError."""
    try:
        return _fernet(purpose).decrypt(sealed.encode()).decode()
    except InvalidToken:
        raise SealBrokenError from None


def _fernet(purpose: str) -> MultiFernet:
    keys = map(force_bytes, (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS))
    digests = (hmac.digest(key, f"laurel.sealed:{purpose}".encode(), hashlib.sha256) for key in keys)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])
