"""Encrypts secrets that must be readable: the database alone doesn't reveal them.

What only needs to be recognised, such as API keys, is stored as a digest.
"""

import base64
import hashlib
import hmac

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils.encoding import force_bytes


class DecryptionError(Exception):
    """The text was encrypted with another SECRET_KEY or for another purpose, or not by us."""


def encrypt(text: str, *, purpose: str) -> str:
    """Return the text encrypted with SECRET_KEY, different each time; only the same purpose decrypts it."""
    return _fernet(purpose).encrypt(text.encode()).decode()


def decrypt(encrypted: str, *, purpose: str) -> str:
    """Return the text, also if encrypted with one of SECRET_KEY_FALLBACKS. Raises: DecryptionError."""
    try:
        return _fernet(purpose).decrypt(encrypted.encode()).decode()
    except InvalidToken:
        raise DecryptionError from None


def _fernet(purpose: str) -> MultiFernet:
    keys = map(force_bytes, (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS))
    digests = (hmac.digest(key, f"laurel.sealed:{purpose}".encode(), hashlib.sha256) for key in keys)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])
