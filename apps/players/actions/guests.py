"""Guests: players that devices make, with limits that hold without Redis."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address as read_address
from ipaddress import ip_network
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext

from apps.core.clock import now
from apps.core.errors import DomainError
from apps.core.waits_in_words import try_again_in
from apps.players import device_credentials
from apps.players.actions.players import DEFAULT_REGION, create_player_with_new_handle
from apps.players.attestation import GuestRequest, require_attestation
from apps.players.guest_names import new_name
from apps.players.models import Device, Guest, Player

WINDOW = timedelta(hours=1)
# What one household gets of IPv6 at the least.
IPV6_PREFIX = 64


class TooManyGuestsError(DomainError):
    """The limit of an address or a game is used up; says when to come back."""

    code = "too_many_guests"
    status = 429

    def __init__(self, retry_after_seconds: int) -> None:
        self.retry_after_seconds = retry_after_seconds
        super().__init__(
            gettext("Too many new guests this hour. {again}").format(again=try_again_in(retry_after_seconds))
        )


@dataclass(frozen=True, slots=True)
class IssuedDevice:
    """A new device with its secret, which is shown once; None where the device has a key of its own."""

    device: Device
    secret: str | None


def create_guest(*, wanted: GuestRequest, region: str | None = None, device_name: str = "") -> IssuedDevice:
    """Create a player with a generated name, and the device that acts for them.

    Raises: TooManyGuestsError, AttestationRefusedError, with nothing created.
    """
    scopes = {"network_digest": _digest_of(wanted.ip_address), "game_id": wanted.game_id}
    _require_room(scopes)
    # Outside of the transaction, as it may query another server.
    require_attestation(wanted)
    with transaction.atomic():
        _take_turn(scopes)
        _require_room(scopes)
        player = create_player_with_new_handle(
            display_name=new_name(), region=region or str(DEFAULT_REGION), is_test=wanted.is_test
        )
        Guest.objects.create(player=player, **scopes)
        return _add_device(player, wanted, device_name)


def clear_networks(*, before: datetime, rows_max: int) -> int:
    """Clear the networks of guests whom no limit counts any more, and return of how many; call again while some."""
    old = Guest.objects.filter(created_at__lt=before - WINDOW).exclude(network_digest="")
    chosen = list(old.order_by("created_at").values_list("pk", flat=True)[:rows_max])
    return Guest.objects.filter(pk__in=chosen).update(network_digest="")


def _add_device(player: Player, wanted: GuestRequest, name: str) -> IssuedDevice:
    secret = None if wanted.public_key else device_credentials.new_secret()
    device = Device.objects.create(
        player=player,
        game_id=wanted.game_id,
        name=name,
        sealed_secret=device_credentials.sealed(secret) if secret else "",
        public_key=wanted.public_key,
    )
    return IssuedDevice(device, secret)


def _digest_of(ip_address: str) -> str:
    """Return what stands for an address in the limit: its network under SECRET_KEY, which no reader can look up."""
    try:
        network = str(
            ip_network((ip_address, IPV6_PREFIX if read_address(ip_address).version == 6 else 32), strict=False)
        )
    except ValueError:
        # A socket's path.
        network = ip_address
    return salted_hmac("laurel.guest-network", network, algorithm="sha256").hexdigest()


def _take_turn(scopes: Mapping[str, Any]) -> None:
    """Wait for other guests of the network and the game, in this order, until the transaction ends."""
    with connection.cursor() as cursor:
        for name, value in scopes.items():
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"guest:{name}:{value}"])


def _require_room(scopes: Mapping[str, Any]) -> None:
    """Raises: TooManyGuestsError."""
    moment, limits = now(), settings.GUEST_LIMITS
    for (name, value), limit in zip(scopes.items(), (limits["address"], limits["game"]), strict=True):
        if not limit:
            continue
        recent = Guest.objects.filter(**{name: value}, created_at__gt=moment - WINDOW).order_by("-created_at")
        # The last one that leaves no room; when it is an hour old there is some.
        for created_at in recent.values_list("created_at", flat=True)[limit - 1 : limit]:
            raise TooManyGuestsError(max(1, math.ceil((created_at + WINDOW - moment).total_seconds())))
