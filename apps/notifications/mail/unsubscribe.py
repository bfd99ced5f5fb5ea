"""The link in every mail that turns all of them off: signed, for one player, good for ever."""

from uuid import UUID

from django.core.signing import BadSignature, Signer

# A link that has expired would be answered with a mark as spam.
_signer = Signer(salt="laurel.mail-off", sep="~")


def token_of(player_id: UUID) -> str:
    """Return what stands in the player's link."""
    return _signer.sign(player_id.hex)


def player_of(token: str) -> UUID | None:
    """Return whose link it is, None for one that is not of ours."""
    try:
        return UUID(_signer.unsign(token))
    except BadSignature:
        return None
