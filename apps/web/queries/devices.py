"""The devices that act for an account's player, for the page of connected games."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from apps.games.models import Game
from apps.players.models import Player
from apps.players.queries import living_devices


@dataclass(frozen=True, slots=True)
class DeviceRow:
    """A device of the player, in one game; it may have no name."""

    id: UUID
    name: str
    game_name: str
    seen_at: datetime


def devices_of(player: Player | None) -> list[DeviceRow]:
    """Return a player's devices, newest first. At most two queries."""
    devices = [] if player is None else living_devices(player.id, game_id=None)
    games = Game.objects.in_bulk({device.game_id for device in devices}) if devices else {}
    return [
        DeviceRow(device.id, device.name, games[device.game_id].name, device.seen_at)
        for device in devices
        if device.game_id in games
    ]
