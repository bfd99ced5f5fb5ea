"""Player tokens: what a game client carries instead of a key. Signed, short-lived, kept nowhere."""

import time
from dataclasses import dataclass
from uuid import UUID

from django.core.signing import BadSignature, Signer

from apps.core.errors import DomainError

TOKEN_SECONDS = 3600
PREFIX = "lp_"
_SALT = "laurel.player-token"


class InvalidTokenError(DomainError):
    code = "invalid_token"
    status = 401
    detail = "This player token is not one of ours. Have the game server mint a new one."


class TokenExpiredError(DomainError):
    code = "token_expired"
    status = 401
    detail = "This player token has run out. Have the game server mint a new one."


@dataclass(frozen=True, slots=True)
class PlayerToken:
    """Whom a token speaks for; `key_id` of the key that minted it, None when the player did."""

    player_id: UUID
    game_id: UUID
    is_test: bool
    key_id: UUID | None


def issue_token(token: PlayerToken) -> tuple[str, int]:
    """Return the token's text and the seconds it lives."""
    key = token.key_id.hex if token.key_id else "-"
    expires_at = int(time.time()) + TOKEN_SECONDS
    fields = (token.player_id.hex, token.game_id.hex, "test" if token.is_test else "live", key, str(expires_at))
    return PREFIX + _signer().sign(".".join(fields)), TOKEN_SECONDS


def read_token(text: str) -> PlayerToken:
    """Return whom a token's text speaks for. Raises: InvalidTokenError, TokenExpiredError."""
    try:
        player, game, environment, key, expires_at = _signer().unsign(text.removeprefix(PREFIX)).split(".")
    except (BadSignature, ValueError):
        raise InvalidTokenError from None
    if int(expires_at) <= time.time():
        raise TokenExpiredError
    return PlayerToken(UUID(player), UUID(game), environment == "test", None if key == "-" else UUID(key))


def _signer() -> Signer:
    return Signer(salt=_SALT)
