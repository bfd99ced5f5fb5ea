"""Boards over HTTP; public."""

from contextlib import suppress
from uuid import UUID

import orjson
from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.views import APIView

from apps.core.api.answers import json_answer
from apps.core.errors import NotFoundError
from apps.core.redis import RedisAwayError, attempt
from apps.games.models import Game
from apps.leaderboards import pages
from apps.leaderboards.boards import PLATFORM_ID, Board
from apps.leaderboards.queries import page_of_board, place_of_player
from apps.leaderboards.serializers import (
    AROUND_MAX,
    PAGE_MAX,
    PAGE_SIZE_MAX,
    page_body,
    place_body,
    read_board,
    read_number,
)


class GameNotFoundError(NotFoundError):
    code = "game_not_found"
    detail = "No game has this id."


class PlayerNotRankedError(NotFoundError):
    code = "player_not_ranked"
    detail = "This player is not on this board: no points in this scope, window and region."


class BoardView(APIView):
    """GET /api/v1/leaderboards/{game_id}, or /global."""

    def get(self, request: Request, game_id: UUID = PLATFORM_ID) -> HttpResponse:
        board = read_board(request.query_params, game_id)
        page = read_number(request.query_params, "page", default=1, low=1, high=PAGE_MAX)
        size = read_number(request.query_params, "page_size", default=PAGE_SIZE_MAX, low=1, high=PAGE_SIZE_MAX)
        body = _first_page(board, size) if page == 1 else _page(board, page, size)[1]
        return HttpResponse(body, content_type="application/json")


class PlayerPlaceView(APIView):
    """GET /api/v1/leaderboards/{game_id}/players/{player_id}, or /global/players/..."""

    def get(self, request: Request, player_id: UUID, game_id: UUID = PLATFORM_ID) -> HttpResponse:
        board = read_board(request.query_params, game_id)
        reach = read_number(request.query_params, "around", default=5, low=0, high=AROUND_MAX)
        place = place_of_player(board, player_id, reach=reach)
        if place is None:
            _require_game(board)
            raise PlayerNotRankedError
        return json_answer(place_body(place))


def _first_page(board: Board, size: int) -> bytes:
    """Return the first page from the kept bytes, or built now and kept (never a degraded one)."""
    try:
        version, kept = attempt(lambda client: pages.read(client, board, size))
    except RedisAwayError:
        return _page(board, 1, size)[1]
    if kept is not None:
        return kept
    is_degraded, body = _page(board, 1, size)
    if not is_degraded:
        with suppress(RedisAwayError):
            attempt(lambda client: pages.keep(client, board, size, version, body))
    return body


def _page(board: Board, page: int, size: int) -> tuple[bool, bytes]:
    found = page_of_board(board, offset=(page - 1) * size, limit=size)
    if not found.total_players:
        _require_game(board)
    return found.is_degraded, orjson.dumps(page_body(found, page=page, page_size=size), option=orjson.OPT_UTC_Z)


def _require_game(board: Board) -> None:
    """An empty board of a game is an answer; a board of no game is not."""
    if board.scope_id != PLATFORM_ID and not Game.objects.filter(pk=board.scope_id, is_published=True).exists():
        raise GameNotFoundError
