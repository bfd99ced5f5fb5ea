"""Who of the live connections is told of a player."""

from uuid import UUID


def player_group(player_id: UUID) -> str:
    return f"player.{player_id.hex}"
