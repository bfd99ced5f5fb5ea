"""The link in every email that turns all of them off: signed, for one player, valid for ever."""

from uuid import UUID

from django.core.signing import BadSignature, Signer

# Players would answer an expired link by marking the email as spam.
_signer = Signer(salt="laurel.mail-off", sep="~")


def token_of(player_id: UUID) -> str:
    """Return the token of the player's link."""
    return _signer.sign(player_id.hex)


def player_of(token: str) -> UUID | None:
    """Return whose link it is, None when the token is not ours."""
    try:
        return UUID(_signer.unsign(token))
    except BadSignature:
        return None
