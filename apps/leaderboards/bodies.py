"""Boards as JSON, and the query parameters that choose one."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from apps.core.clock import now
from apps.core.errors import InvalidError
from apps.core.parsing.values import read_count
from apps.leaderboards.boards.board import PLATFORM_ID, Board, current_board
from apps.leaderboards.models import Window
from apps.leaderboards.queries import BoardPage, BoardRow, PlayerPlace, PlayerSummary
from apps.leaderboards.rivalry.friends_board import FriendsPage
from apps.leaderboards.sorted_sets.multi_region import HEAD_PLACES
from apps.players.models import Region

PAGE_SIZE_MAX = 100
AROUND_MAX = 25
# Of boards far larger than any there will be; whatever the page, a sorted set finds it in O(log N).
PAGE_MAX = 1_000_000


def read_board(params: Mapping[str, str], scope_id: UUID) -> Board:
    """Return the board that ?window= and ?region= name. Raises: InvalidError."""
    window = params.get("window", Window.ALL.value)
    if window not in Window.values:
        raise InvalidError(f"window must be one of {', '.join(Window.values)}.", pointer="window")
    return current_board(scope_id, Window(window), _read_regions(params.get("region", "")), now())


def read_page(params: Mapping[str, str], board: Board) -> tuple[int, int]:
    """Return ?page= and ?page_size=. Raises: InvalidError."""
    page = read_number(params, "page", default=1, low=1, high=PAGE_MAX)
    size = read_number(params, "page_size", default=PAGE_SIZE_MAX, low=1, high=PAGE_SIZE_MAX)
    if board.is_union and page * size > HEAD_PLACES:
        raise InvalidError(f"Pages of several regions end at place {HEAD_PLACES:,}.", pointer="page")
    return page, size


def _read_regions(text: str) -> str | None:
    """Return the regions in order and once each, or None for everywhere."""
    regions = sorted(set(text.split(","))) if text else []
    if not set(regions) <= set(Region.values):
        raise InvalidError(f"region must be some of {', '.join(Region.values)}, with commas.", pointer="region")
    return ",".join(regions) if 0 < len(regions) < len(Region.values) else None


def read_number(params: Mapping[str, str], name: str, *, default: int, low: int, high: int) -> int:
    """Return a whole number from the query. Raises: InvalidError when it is none, or out of bounds."""
    text = params.get(name)
    if text is None:
        return default
    number = read_count(text)
    if number is None or not low <= number <= high:
        raise InvalidError(f"{name} must be a whole number from {low} to {high:,}.", pointer=name)
    return number


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


def friends_body(found: FriendsPage, *, page: int, page_size: int) -> dict[str, Any]:
    unranked = {"rank": None, "points": 0, "unlock_count": 0, "reached_at": None}
    return {
        "board": board_body(found.board),
        "degraded": found.is_degraded,
        "total_players": found.total_players,
        "page": page,
        "page_size": page_size,
        "pages": -(-found.total_players // page_size),
        "results": [
            *map(row_body, found.rows),
            *([{**unranked, "player": player_body(found.unranked)}] if found.unranked else []),
        ],
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
        "player": None if row.player is None else player_body(row.player),
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
