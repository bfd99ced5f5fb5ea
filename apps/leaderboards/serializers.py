"""Boards as JSON, and the query parameters that choose one."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from apps.core.clock import now
from apps.core.errors import InvalidError
from apps.leaderboards.boards import PLATFORM_ID, Board, current_board
from apps.leaderboards.models import Window
from apps.leaderboards.queries import BoardPage, BoardRow, PlayerPlace, PlayerSummary
from apps.players.models import Region

PAGE_SIZE_MAX = 100
AROUND_MAX = 25
# Beyond it a sorted set still answers, but PostgreSQL would have to count its way there.
PAGE_MAX = 1_000_000


def read_board(params: Mapping[str, str], scope_id: UUID) -> Board:
    """Return the board that ?window= and ?region= name. Raises: InvalidError."""
    window = params.get("window", Window.ALL.value)
    region = params.get("region") or None
    if window not in Window.values:
        raise InvalidError(f"window must be one of {', '.join(Window.values)}.", pointer="window")
    if region is not None and region not in Region.values:
        raise InvalidError(f"region must be one of {', '.join(Region.values)}.", pointer="region")
    return current_board(scope_id, Window(window), region, now())


def read_number(params: Mapping[str, str], name: str, *, default: int, low: int, high: int) -> int:
    """Return a whole number from the query. Raises: InvalidError when it is none, or out of bounds."""
    text = params.get(name, "")
    if not text:
        return default
    if not text.isascii() or not text.isdigit() or not low <= int(text[:12]) <= high:
        raise InvalidError(f"{name} must be a whole number from {low} to {high:,}.", pointer=name)
    return int(text)


def board_body(board: Board) -> dict[str, Any]:
    return {
        "scope": "global" if board.scope_id == PLATFORM_ID else board.scope_id,
        "window": board.window.value,
        "opened_on": None if board.window == Window.ALL else board.opened_on,
        "closes_at": board.closes_at,
        "region": board.region,
    }


def page_body(found: BoardPage, *, page: int, page_size: int) -> dict[str, Any]:
    return {
        "board": board_body(found.board),
        "degraded": found.is_degraded,
        "total_players": found.total_players,
        "page": page,
        "page_size": page_size,
        "pages": -(-found.total_players // page_size),
        "results": [row_body(row) for row in found.rows],
    }


def place_body(place: PlayerPlace) -> dict[str, Any]:
    row = row_body(place.row)
    return {
        "board": board_body(place.board),
        "degraded": place.is_degraded,
        **row,
        "percentile": place.percentile,
        "points_to_next_rank": place.points_to_next_rank,
        "total_players": place.total_players,
        "neighbours": [row_body(neighbour) for neighbour in place.neighbours],
    }


def row_body(row: BoardRow) -> dict[str, Any]:
    return {
        "rank": row.rank,
        "player": player_body(row.player),
        "points": row.points,
        "unlock_count": row.unlock_count,
        "reached_at": row.reached_at,
    }


def player_body(player: PlayerSummary) -> dict[str, Any]:
    return {
        "id": player.id,
        "handle": player.handle,
        "display_name": player.display_name,
        "region": player.region,
        "avatar_url": player.avatar_url or None,
    }
