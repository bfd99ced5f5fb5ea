"""The channel groups of boards' live connections."""

from uuid import UUID


def board_group(scope_id: UUID) -> str:
    return f"board.{scope_id.hex}"
