"""Link codes: shown in a game, typed on the web, valid once and for a few minutes."""

import hashlib
import secrets
from uuid import UUID

from django.utils.translation import gettext_noop

from apps.core.errors import DomainError, NotFoundError
from apps.core.redis import client as redis

CODE_SECONDS = 600
# Without characters that look alike in a game's font; 31 characters in 8 places are 39 bits.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
LENGTH = 8


class LinkCodesUnavailableError(DomainError):
    code = "link_codes_unavailable"
    status = 503
    detail = gettext_noop("Link codes can't be created or used at the moment. Try again shortly.")


class LinkCodeUnknownError(NotFoundError):
    code = "link_code_unknown"
    detail = gettext_noop("This code is mistyped, used or over ten minutes old. Have the game show a new one.")


def issue(player_id: UUID) -> str:
    """Return a new code for the player, such as ABCD-2345. Raises: LinkCodesUnavailableError."""
    code = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    try:
        redis.run_with_breaker(lambda client: client.set(_key(code), player_id.bytes, ex=CODE_SECONDS))
    except redis.RedisUnavailableError as error:
        raise LinkCodesUnavailableError from error
    return f"{code[:4]}-{code[4:]}"


def redeem(code: str) -> UUID:
    """Return the player behind a code and use it up, in whatever spelling it was typed.

    Raises: LinkCodeUnknownError, LinkCodesUnavailableError.
    """
    plain = "".join(code.split()).replace("-", "").upper()
    try:
        value = redis.run_with_breaker(lambda client: client.getdel(_key(plain)))
    except redis.RedisUnavailableError as error:
        raise LinkCodesUnavailableError from error
    if not isinstance(value, bytes):
        raise LinkCodeUnknownError(pointer="/code")
    return UUID(bytes=value)


def _key(code: str) -> str:
    return f"link-code:{hashlib.sha256(code.encode()).hexdigest()}"
