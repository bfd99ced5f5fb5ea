"""Players, their devices, tokens and link codes as JSON."""

from typing import Any
from uuid import UUID

from apps.core.media import media_url
from apps.players.actions.guests import IssuedDevice
from apps.players.challenges import CHALLENGE_SECONDS
from apps.players.link_codes import CODE_SECONDS
from apps.players.models import Device, Player


def player_body(player: Player) -> dict[str, Any]:
    return {
        "id": player.id,
        "number": player.number,
        "handle": player.handle,
        "display_name": player.display_name,
        "region": player.region,
        "avatar_url": media_url(player.avatar.name or "") or None,
        "created_at": player.created_at,
    }


def me_body(player: Player) -> dict[str, object]:
    return player_body(player) | {"time_zone": player.time_zone, "visibility": player.visibility}


def player_token_body(token: str, *, expires_in: int, player_id: UUID, game_id: UUID | None) -> dict[str, object]:
    return {"token": token, "expires_in": expires_in, "player_id": player_id, "game_id": game_id}


def link_code_body(code: str) -> dict[str, object]:
    return {"code": code, "expires_in": CODE_SECONDS}


def device_body(device: Device) -> dict[str, object]:
    return {
        "id": device.id,
        "game_id": device.game_id,
        "name": device.name,
        "credential": "hmac-sha256" if device.public_key is None else "p-256",
        "created_at": device.created_at,
        "seen_at": device.seen_at,
    }


def guest_body(issued: IssuedDevice) -> dict[str, object]:
    device = issued.device
    return {"player": player_body(device.player), "device": device_body(device), "secret": issued.secret}


def challenge_body(challenge: str) -> dict[str, object]:
    return {"challenge": challenge, "expires_in": CHALLENGE_SECONDS}
