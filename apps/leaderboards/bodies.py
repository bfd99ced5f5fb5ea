"""Boards, closed windows, medals and followed boards as JSON."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from apps.core.media import media_url
from apps.leaderboards.board_rows import BoardRow, PlayerSummary
from apps.leaderboards.boards.board import PLATFORM_ID, Board
from apps.leaderboards.boards.modes import Mode, game_of, mode_of
from apps.leaderboards.friends_board import FriendsPage
from apps.leaderboards.models import FinalPlace, Window
from apps.leaderboards.places import PlayerRank
from apps.leaderboards.queries import BoardPage
from apps.leaderboards.results import final_places
from apps.leaderboards.results.window_closing import PLACES_STORED
from apps.leaderboards.standings.completion import SetCompletion
from apps.leaderboards.standings.rank_history import RankOfDay


def board_body(board: Board) -> dict[str, object]:
    in_mode = {} if board.mode == Mode.CASUAL else {"mode": board.mode.value}
    return {
        "scope": "global" if board.scope_id == PLATFORM_ID else board.game_id,
        **in_mode,
        "window": board.window.value,
        "opened_on": None if board.window == Window.ALL else board.opened_on,
        "closes_at": board.closes_at,
        "region": board.region,
    }


def board_page_body(found: BoardPage, *, page: int, page_size: int) -> dict[str, object]:
    return {
        "board": board_body(found.board),
        "degraded": found.is_degraded,
        "total_players": found.total_players,
        "page": page,
        "page_size": page_size,
        "pages": -(-found.total_players // page_size),
        "results": [board_row_body(row) for row in found.rows],
    }


def friends_page_body(found: FriendsPage, *, page: int, page_size: int) -> dict[str, object]:
    unranked = {"rank": None, "reached_at": None}
    return {
        "board": board_body(found.board),
        "degraded": found.is_degraded,
        "total_players": found.total_players,
        "page": page,
        "page_size": page_size,
        "pages": -(-found.total_players // page_size),
        "results": [
            *map(board_row_body, found.rows),
            *([board_row_body(found.unranked) | unranked] if found.unranked else []),
        ],
    }


def player_rank_body(player_rank: PlayerRank) -> dict[str, object]:
    row = board_row_body(player_rank.row)
    return {
        "board": board_body(player_rank.board),
        "degraded": player_rank.is_degraded,
        **row,
        "percentile": player_rank.percentile,
        "points_to_next_rank": player_rank.points_to_next_rank,
        "total_players": player_rank.total_players,
        "neighbours": [board_row_body(neighbour) for neighbour in player_rank.neighbours],
    }


def board_row_body(row: BoardRow) -> dict[str, object]:
    return {
        "rank": row.rank,
        "player": None if row.player is None else board_player_body(row.player),
        "points": row.points,
        "unlock_count": row.unlock_count,
        "reached_at": row.reached_at,
    }


def board_player_body(player: PlayerSummary) -> dict[str, object]:
    return {
        "id": player.id,
        "handle": player.handle,
        "display_name": player.display_name,
        "region": player.region,
        "avatar_url": player.avatar_url or None,
    }


def closed_window_body(found: final_places.WindowResult) -> dict[str, object]:
    return _closed_head(found) | {"leaders": [board_row_body(row) for row in found.rows]}


def final_page_body(found: final_places.WindowResult, *, page: int, page_size: int) -> dict[str, object]:
    pages = -(-min(found.total_players, PLACES_STORED) // page_size)
    results = [board_row_body(row) for row in found.rows]
    return _closed_head(found) | {"page": page, "page_size": page_size, "pages": pages, "results": results}


def _closed_head(found: final_places.WindowResult) -> dict[str, object]:
    return {
        "board": board_body(found.board),
        "closed_at": found.closed_at,
        "total_players": found.total_players,
    }


def rank_history_body(player_id: UUID, board: Board, ranks: Iterable[RankOfDay]) -> dict[str, object]:
    results = [{"day": item.day, "rank": item.rank} for item in ranks]
    return {"player_id": player_id, "board": board_body(board), "results": results}


def medal_body(place: FinalPlace) -> dict[str, Any]:
    return {
        "board": board_body(Board(place.scope_id, Window(place.window), place.opened_on)),
        "medal": final_places.medal_of(place.rank),
        "rank": place.rank,
        "points": place.points,
        "unlock_count": place.unlock_count,
    }


def followed_board_body(scope_id: UUID, window: Window) -> dict[str, object]:
    mode = mode_of(scope_id)
    in_mode = {} if mode == Mode.CASUAL else {"mode": mode.value}
    return {"game_id": None if scope_id == PLATFORM_ID else game_of(scope_id), "window": window.value, **in_mode}


def completion_body(
    player_id: UUID, game_id: UUID, sets: Iterable[SetCompletion], completed_at: datetime | None
) -> dict[str, object]:
    return {
        "player_id": player_id,
        "game_id": game_id,
        "crown": crown_body(completed_at),
        "sets": [_set_completion_body(item) for item in sets],
    }


def _set_completion_body(item: SetCompletion) -> dict[str, object]:
    return {
        "key": item.key,
        "kind": item.kind,
        "title": item.title,
        "icon_url": media_url(item.icon) or None,
        "opens_at": item.opens_at,
        "closes_at": item.closes_at,
        "achievement_count": item.earned_count,
        "points": item.earned_points,
        "total_achievements": item.achievement_count if item.is_counted else None,
        "total_points": item.points if item.is_counted else None,
        "completion_percentage": item.percentage,
    }


def crown_body(completed_at: datetime | None) -> dict[str, object] | None:
    return None if completed_at is None else {"completed_at": completed_at}
