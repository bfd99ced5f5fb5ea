"""Devices of players: creating tokens with their credential, and revoking them."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_noop

from apps.core.clock import now
from apps.core.errors import DomainError, NotFoundError
from apps.players import challenges
from apps.players.device_credentials import Verifier
from apps.players.errors import AccountDeactivatedError, PlayerBannedError
from apps.players.models import Device, Guest
from apps.players.tokens import PlayerToken, issue_token


class DeviceNotFoundError(NotFoundError):
    code = "device_not_found"
    detail = gettext_noop(
        "There is no such device of this game. A guest who earned nothing is deleted after 30 days: create a new one."
    )


class DeviceRevokedError(DomainError):
    code = "device_revoked"
    status = 403
    detail = gettext_noop("This device was revoked. Create a new guest, and link it to the player by a code.")


class ProofRefusedError(DomainError):
    code = "proof_refused"
    status = 403
    detail = gettext_noop("This is not the device's signature of the challenge. The challenge is used up.")


def create_device_token(
    *, device_id: UUID, game_id: UUID, is_test: bool, key_id: UUID, challenge: str, proof: str
) -> tuple[Device, str, int]:
    """Return the device, a token of its player, and the token's seconds; it ends with the device and the key.

    Raises: ChallengeUnknownError, ChallengesUnavailableError, DeviceNotFoundError, ProofRefusedError,
    DeviceRevokedError, PlayerBannedError, AccountDeactivatedError; the challenge is used up.
    """
    challenges.use_up(challenge, device_id)
    found = Device.objects.select_related("player__account").filter(pk=device_id, game_id=game_id)
    device = found.filter(player__is_test=is_test).first()
    if device is None:
        raise DeviceNotFoundError
    if not Verifier(device).is_signed(challenges.message_of(challenge, device_id), proof):
        raise ProofRefusedError(pointer="/proof")
    if device.revoked_at is not None:
        raise DeviceRevokedError
    if device.player.banned_at is not None:
        raise PlayerBannedError
    if device.player.account is not None and not device.player.account.is_active:
        raise AccountDeactivatedError
    _note_seen(device)
    return device, *issue_token(PlayerToken(device.player_id, game_id, is_test, key_id, device_id=device.id))


def revoke_device(*, player_id: UUID, device_id: UUID, game_id: UUID | None = None) -> None:
    """Revoke a player's device, of this game or any: its tokens end within 5 s; repeating it changes nothing.

    Raises: DeviceNotFoundError.
    """
    mine = Device.objects.filter(pk=device_id, player_id=player_id)
    if game_id is not None:
        mine = mine.filter(game_id=game_id)
    if not mine.filter(revoked_at=None).update(revoked_at=now()) and not mine.exists():
        raise DeviceNotFoundError


@transaction.atomic
def _note_seen(device: Device) -> None:
    moment = now()
    Device.objects.filter(pk=device.pk).update(seen_at=moment)
    Guest.objects.filter(pk=device.player_id).update(seen_at=moment)
