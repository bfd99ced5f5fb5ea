"""Who of the live connections is told of a board."""

from uuid import UUID


def board_group(scope_id: UUID) -> str:
    return f"board.{scope_id.hex}"
