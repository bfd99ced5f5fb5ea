"""Channel groups for live views of a game."""

from uuid import UUID


def tail_group(game_id: UUID) -> str:
    """Return the group of the portal pages that show a game's unlocks live."""
    return f"tail.{game_id.hex}"
