"""The operator's say in who becomes a guest: a callable that the setting GUEST_ATTESTATION names, if any."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext_noop

from apps.core.errors import DomainError


class AttestationRefusedError(DomainError):
    """Raise it from the callable, with a sentence of your own."""

    code = "attestation_refused"
    status = 403
    detail = gettext_noop("This server takes guests only from devices that prove what they are.")


@dataclass(frozen=True, slots=True)
class GuestRequest:
    """What is known of a device that wants a guest; `attestation` is what the game sent, such as an app check's."""

    game_id: UUID
    is_test: bool
    ip_address: str
    attestation: str
    # The uncompressed point of a P-256 key, or None where the device gets a secret.
    public_key: bytes | None


def require_attestation(wanted: GuestRequest) -> None:
    """Have the operator's callable judge: it refuses by returning False or by raising. Raises: AttestationRefusedError.

    Anything else that it raises is a fault of the server, and makes no guest either.
    """
    if not settings.GUEST_ATTESTATION:
        return
    judge: Callable[[GuestRequest], bool] = import_string(settings.GUEST_ATTESTATION)
    if not judge(wanted):
        raise AttestationRefusedError
