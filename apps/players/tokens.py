"""Player tokens: what a game client carries instead of a key. Signed, short-lived, valid while their source is.

A token names the key that created it, the grant of a log-in, or a device with the publishable key it used.
games.authentication checks whether that is still valid; the token itself is not stored.
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
# Before a grant's id, and a device's, which its key's follows; a key's id alone has none.
_GRANTED, _OF_DEVICE = "g", "d"


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
    """The player a token acts for, and its source: a key, a device with a key, or a log-in's grant."""

    player_id: UUID
    game_id: UUID
    is_test: bool
    key_id: UUID | None = None
    grant_id: UUID | None = None
    device_id: UUID | None = None

    @property
    def source(self) -> str:
        if self.grant_id is not None:
            return _GRANTED + self.grant_id.hex
        key = self.key_id.hex if self.key_id else ""
        return key if self.device_id is None else f"{_OF_DEVICE}{self.device_id.hex}{key}"


def issue_token(token: PlayerToken) -> tuple[str, int]:
    """Return the token's text and its lifetime in seconds."""
    expires_at = int(time.time()) + TOKEN_SECONDS
    fields = (
        token.player_id.hex,
        token.game_id.hex,
        "test" if token.is_test else "live",
        token.source,
        str(expires_at),
    )
    return PREFIX + _signer().sign(".".join(fields)), TOKEN_SECONDS


def read_token(text: str) -> PlayerToken:
    """Return the contents of a token. Raises: InvalidTokenError, TokenExpiredError."""
    try:
        player, game, environment, source, expires_at = _signer().unsign(text.removeprefix(PREFIX)).split(".")
        source_ids = _ids_in(source)
    except (BadSignature, ValueError):
        raise InvalidTokenError from None
    if int(expires_at) <= time.time():
        raise TokenExpiredError
    return PlayerToken(UUID(player), UUID(game), environment == "test", **source_ids)


def _ids_in(source: str) -> dict[str, UUID]:
    """Return the ids that a token's source has, by their names in PlayerToken. Raises: ValueError."""
    if source.startswith(_GRANTED):
        return {"grant_id": UUID(source[1:])}
    if source.startswith(_OF_DEVICE):
        return {"device_id": UUID(source[1:33]), "key_id": UUID(source[33:])}
    return {"key_id": UUID(source)}


def _signer() -> Signer:
    return Signer(salt=_SALT)
