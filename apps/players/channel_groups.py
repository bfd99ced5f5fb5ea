"""The channel group of a player's live connections."""

from uuid import UUID


def player_group(player_id: UUID) -> str:
    return f"player.{player_id.hex}"
