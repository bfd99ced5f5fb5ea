"""Who of the live connections is told of a game."""

from uuid import UUID


def tail_group(game_id: UUID) -> str:
    """Name the portal's pages that show a game's unlocks as they come."""
    return f"tail.{game_id.hex}"
