"""Guests and their devices, for games that are shipped with a publishable key and have no server."""

from uuid import UUID

from django.http import HttpResponse
from rest_framework.request import Request

from apps.core.api.auth.callers import SHIPPED, Access, Caller, require_caller
from apps.core.api.openapi.operations import operation
from apps.core.api.views import ApiView
from apps.core.api.wire.inputs import read
from apps.core.api.wire.responses import SecretResponse, json_response
from apps.core.http.ip_addresses import ip_address_of
from apps.players import challenges
from apps.players.actions.devices import (
    DeviceNotFoundError,
    DeviceRevokedError,
    ProofRefusedError,
    create_device_token,
    revoke_device,
)
from apps.players.actions.guests import TooManyGuestsError, create_guest
from apps.players.attestation import AttestationRefusedError, GuestRequest
from apps.players.bodies import challenge_body, device_body, guest_body, player_token_body
from apps.players.challenges import ChallengesUnavailableError, ChallengeUnknownError
from apps.players.device_credentials import read_public_key
from apps.players.errors import AccountDeactivatedError, PlayerBannedError, PlayerNotFoundError
from apps.players.queries import living_devices
from apps.players.serializers import (
    ChallengeSerializer,
    DevicesSerializer,
    GuestSerializer,
    NewGuestSerializer,
    PlayerTokenSerializer,
    ProofSerializer,
)
from apps.players.visibility import game_of, key_of, own_player_id

MINE = Access(token=True, session=True)


class GuestsView(ApiView):
    """POST /api/v1/guests."""

    access = {"POST": SHIPPED}
    tags = ("Devices",)
    rate = "write"

    @operation(
        "Create a guest",
        request=NewGuestSerializer,
        responses={201: GuestSerializer},
        errors=(TooManyGuestsError, AttestationRefusedError),
        description="A player with a generated name, and a credential that this device alone has: a secret, or the "
        "key whose public part it sends. With it the device creates the player's tokens. A guest who earned nothing is "
        "deleted 30 days after the last token. New guests are limited, 60 an hour from one address and 5,000 of one "
        "game where the operator says nothing else.",
    )
    def post(self, request: Request) -> HttpResponse:
        members = read(NewGuestSerializer, request.data)
        wanted = _wanted(request, require_caller(request), members)
        issued = create_guest(wanted=wanted, region=members.get("region"), device_name=members.get("device_name", ""))
        return SecretResponse(guest_body(issued), status=201)


class ChallengesView(ApiView):
    """POST /api/v1/devices/{device_id}/challenges."""

    access = {"POST": SHIPPED}
    tags = ("Devices",)
    rate = "write"

    @operation(
        "Get a challenge",
        responses={201: ChallengeSerializer},
        errors=(ChallengesUnavailableError,),
        description="For a device to prove that it holds its credential: good once, within five minutes by this "
        "server's clock. Ids that no device has get one too.",
    )
    def post(self, request: Request, device_id: UUID) -> HttpResponse:
        return SecretResponse(challenge_body(challenges.issue(device_id)), status=201)


class DeviceTokensView(ApiView):
    """POST /api/v1/devices/{device_id}/tokens."""

    access = {"POST": SHIPPED}
    tags = ("Devices",)
    rate = "write"

    @operation(
        "Create a token on a device",
        request=ProofSerializer,
        responses={201: PlayerTokenSerializer},
        errors=(
            ChallengeUnknownError,
            ChallengesUnavailableError,
            DeviceNotFoundError,
            DeviceRevokedError,
            ProofRefusedError,
            AccountDeactivatedError,
            PlayerBannedError,
        ),
        description="The device's player's token, for an hour, which ends within 5 seconds of the device or the key. "
        "It may report achievements that the game lets clients set, and nothing else. `player_id` is whom the guest "
        "was linked with, where they were.",
    )
    def post(self, request: Request, device_id: UUID) -> HttpResponse:
        caller = require_caller(request)
        device, text, seconds = create_device_token(
            device_id=device_id,
            game_id=game_of(caller),
            is_test=caller.is_test,
            key_id=key_of(caller),
            **read(ProofSerializer, request.data),
        )
        body = player_token_body(text, expires_in=seconds, player_id=device.player_id, game_id=device.game_id)
        return SecretResponse(body, status=201)


class OwnDevicesView(ApiView):
    """GET /api/v1/players/me/devices."""

    access = {"GET": MINE}
    stale_ok = False
    tags = ("Devices",)

    @operation(
        "List my devices",
        responses={200: DevicesSerializer},
        errors=(PlayerNotFoundError,),
        description="Those that create tokens for you, newest first; a token sees those of its game.",
    )
    def get(self, request: Request) -> HttpResponse:
        caller = require_caller(request)
        found = living_devices(own_player_id(caller), game_id=caller.game_id)
        return json_response({"results": list(map(device_body, found))})


class OwnDeviceView(ApiView):
    """DELETE /api/v1/players/me/devices/{device_id}."""

    access = {"DELETE": MINE}
    tags = ("Devices",)
    rate = "write"

    @operation(
        "Revoke my device",
        responses={204: None},
        errors=(PlayerNotFoundError, DeviceNotFoundError),
        description="For ever; its tokens end within 5 seconds. A guest without another device can't come back.",
    )
    def delete(self, request: Request, device_id: UUID) -> HttpResponse:
        caller = require_caller(request)
        revoke_device(player_id=own_player_id(caller), device_id=device_id, game_id=caller.game_id)
        return HttpResponse(status=204)


def _wanted(request: Request, caller: Caller, members: dict[str, str]) -> GuestRequest:
    text = members.get("public_key")
    return GuestRequest(
        game_id=game_of(caller),
        is_test=caller.is_test,
        ip_address=ip_address_of(request),
        attestation=members.get("attestation", ""),
        public_key=None if text is None else read_public_key(text),
    )
