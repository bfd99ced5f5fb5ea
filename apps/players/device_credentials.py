"""What devices sign with: a secret issued once, for HMAC-SHA256, or a P-256 key that the device keeps.

Signatures, keys and hashes are hexadecimal, which every engine can write. The key of an HMAC is the secret's text.
"""

import hashlib
import hmac
import secrets

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePublicKey,
)
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key
from django.utils.translation import gettext

from apps.core.encryption import DecryptionError, decrypt, encrypt
from apps.core.errors import InvalidError
from apps.players.models import Device

# Of a secret, so that scanners of leaked secrets recognise it.
PREFIX = "ld_"
PUBLIC_KEY_LENGTH_MAX = 400
SIGNATURE_LENGTH_MAX = 160
_PURPOSE = "device secret"
# r and s of a P-256 signature, as WebCrypto writes them; other libraries write DER.
_HALF = 32


def new_secret() -> str:
    """Return a new secret of 256 bits."""
    return PREFIX + secrets.token_urlsafe(32)


def sealed(secret: str) -> str:
    return encrypt(secret, purpose=_PURPOSE)


def read_public_key(text: str) -> bytes:
    """Return the uncompressed point of a P-256 key, given as that or as SubjectPublicKeyInfo. Raises: InvalidError."""
    try:
        encoded = bytes.fromhex(text)
        key = (
            EllipticCurvePublicKey.from_encoded_point(SECP256R1(), encoded)
            if encoded[:1] == b"\x04"
            else load_der_public_key(encoded)
        )
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise _not_a_key() from error
    if not isinstance(key, EllipticCurvePublicKey) or not isinstance(key.curve, SECP256R1):
        raise _not_a_key()
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _not_a_key() -> InvalidError:
    sentence = gettext("Send a P-256 public key in hexadecimal: its uncompressed point, or as SubjectPublicKeyInfo.")
    return InvalidError(sentence, pointer="/public_key")


class Verifier:
    """Verifies a device's signatures; a secret is decrypted once."""

    def __init__(self, device: Device) -> None:
        self._secret = b""
        self._key: EllipticCurvePublicKey | None = None
        if device.public_key is not None:
            self._key = EllipticCurvePublicKey.from_encoded_point(SECP256R1(), bytes(device.public_key))
            return
        try:
            self._secret = decrypt(device.sealed_secret, purpose=_PURPOSE).encode()
        except DecryptionError:
            # Sealed with a SECRET_KEY that is gone: nothing is its signature.
            self._secret = b""

    def is_signed(self, message: bytes, signature: str) -> bool:
        """Return whether the device made this signature, in hexadecimal, of the message."""
        try:
            given = bytes.fromhex(signature)
        except ValueError:
            return False
        if self._key is not None:
            return _is_signed_by_key(self._key, message, given)
        return bool(self._secret) and hmac.compare_digest(hmac.digest(self._secret, message, hashlib.sha256), given)


def _is_signed_by_key(key: EllipticCurvePublicKey, message: bytes, signature: bytes) -> bool:
    if len(signature) == 2 * _HALF:
        r, s = int.from_bytes(signature[:_HALF]), int.from_bytes(signature[_HALF:])
        signature = encode_dss_signature(r, s)
    try:
        key.verify(signature, message, ECDSA(SHA256()))
    except InvalidSignature:
        return False
    return True
