"""Player tokens: what a game client carries instead of a key. Signed, short-lived, valid while their source is.

A token names the key that created it, or the grant of a log-in. games.authentication checks whether that is still
valid; the token itself is not stored.
"""

import time
from dataclasses import dataclass
from uuid import UUID

from django.core.signing import BadSignature, Signer
from django.utils.translation import gettext_noop

from apps.core.errors import DomainError

TOKEN_SECONDS = 3600
PREFIX = "lp_"
_SALT = "laurel.player-token"
# Prefix of a grant's id; a key's id has none.
_GRANTED = "g"


class InvalidTokenError(DomainError):
    code = "invalid_token"
    status = 401
    detail = gettext_noop("This player token is invalid. Create a new one on the game server.")


class TokenExpiredError(DomainError):
    code = "token_expired"
    status = 401
    detail = gettext_noop("This player token has expired. Create a new one on the game server.")


@dataclass(frozen=True, slots=True)
class PlayerToken:
    """The player a token acts for, and its source: the key that created it, or the grant of a log-in."""

    player_id: UUID
    game_id: UUID
    is_test: bool
    key_id: UUID | None = None
    grant_id: UUID | None = None


def issue_token(token: PlayerToken) -> tuple[str, int]:
    """Return the token's text and its lifetime in seconds."""
    source = token.key_id.hex if token.key_id else f"{_GRANTED}{token.grant_id.hex if token.grant_id else ''}"
    expires_at = int(time.time()) + TOKEN_SECONDS
    fields = (token.player_id.hex, token.game_id.hex, "test" if token.is_test else "live", source, str(expires_at))
    return PREFIX + _signer().sign(".".join(fields)), TOKEN_SECONDS


def read_token(text: str) -> PlayerToken:
    """Return the contents of a token. Raises: InvalidTokenError, TokenExpiredError."""
    try:
        player, game, environment, source, expires_at = _signer().unsign(text.removeprefix(PREFIX)).split(".")
        source_id = UUID(source.removeprefix(_GRANTED))
    except (BadSignature, ValueError):
        raise InvalidTokenError from None
    if int(expires_at) <= time.time():
        raise TokenExpiredError
    is_granted = source.startswith(_GRANTED)
    return PlayerToken(
        UUID(player),
        UUID(game),
        environment == "test",
        key_id=None if is_granted else source_id,
        grant_id=source_id if is_granted else None,
    )


def _signer() -> Signer:
    return Signer(salt=_SALT)
