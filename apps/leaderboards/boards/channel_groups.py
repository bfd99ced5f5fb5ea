"""The channel groups of boards' live connections, and what is sent to them."""

from collections.abc import Collection
from uuid import UUID

from apps.core.realtime import publishing
from apps.leaderboards.boards.modes import game_of


def board_group(game_id: UUID) -> str:
    """Return the group of those who watch a game's boards, in either mode, or the platform's."""
    return f"board.{game_id.hex}"


def board_hints(scope_ids: Collection[UUID], what: str = "board.changed") -> list[publishing.Message]:
    """Return the messages to those who watch the scopes' boards."""
    message = {"type": what}
    return [(board_group(game_id), message) for game_id in sorted(set(map(game_of, scope_ids)))]
