"""Following boards over HTTP."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from rest_framework import serializers
from rest_framework.request import Request

from apps.core.api.auth.callers import Access, require_caller
from apps.core.api.openapi.operations import operation
from apps.core.api.views import ApiView
from apps.core.api.wire.responses import json_answer
from apps.core.errors import InvalidError
from apps.games.queries import GameNotFoundError
from apps.leaderboards.boards.board import PLATFORM_ID
from apps.leaderboards.models import Window
from apps.leaderboards.rivalry import board_follows
from apps.players.errors import PlayerNotFoundError

MINE = Access(token=True, session=True, test_keys=False)


class FollowedBoardSerializer(serializers.Serializer[Any]):
    """A board one follows."""

    game_id = serializers.UUIDField(allow_null=True, help_text="Null for the board of all games.")
    window = serializers.ChoiceField(choices=Window.values)


class FollowedBoardsSerializer(serializers.Serializer[Any]):
    """All the boards one follows."""

    boards = FollowedBoardSerializer(many=True)


class FollowedBoardsView(ApiView):
    """GET /api/v1/players/me/followed-boards."""

    access = {"GET": MINE}
    tags = ("Leaderboards",)

    @operation(
        "List the boards I follow",
        answers={200: FollowedBoardsSerializer},
        errors=(PlayerNotFoundError,),
        description=f"At most {board_follows.FOLLOWED_MAX}; they say of which rivals one is told.",
    )
    def get(self, request: Request) -> HttpResponse:
        found = board_follows.boards_followed_by(_own_player_id(request))
        return json_answer({"boards": [_body(scope_id, window) for scope_id, window in found]})


class FollowedBoardView(ApiView):
    """PUT, DELETE /api/v1/players/me/followed-boards/{game_id}/{window}, or /global/{window}."""

    access = {"PUT": MINE, "DELETE": MINE}
    tags = ("Leaderboards",)
    rate = "write"

    @operation(
        "Follow a board",
        answers={200: FollowedBoardSerializer},
        errors=(PlayerNotFoundError, GameNotFoundError, board_follows.TooManyBoardsError),
        description="One is told when somebody overtakes one there, at most once an hour for each rival.",
    )
    def put(self, request: Request, window: str, game_id: UUID = PLATFORM_ID) -> HttpResponse:
        chosen = _window(window)
        board_follows.follow_board(player_id=_own_player_id(request), scope_id=game_id, window=chosen)
        return json_answer(_body(game_id, chosen))

    @operation("Unfollow a board", answers={204: None}, errors=(PlayerNotFoundError,))
    def delete(self, request: Request, window: str, game_id: UUID = PLATFORM_ID) -> HttpResponse:
        board_follows.unfollow_board(player_id=_own_player_id(request), scope_id=game_id, window=_window(window))
        return HttpResponse(status=204)


class PlatformFollowedBoardView(FollowedBoardView):
    """PUT, DELETE /api/v1/players/me/followed-boards/global/{window}."""

    @operation(
        "Follow the board of all games",
        answers={200: FollowedBoardSerializer},
        errors=(PlayerNotFoundError, board_follows.TooManyBoardsError),
        description="As the board of a game.",
    )
    def put(self, request: Request, window: str, game_id: UUID = PLATFORM_ID) -> HttpResponse:
        return super().put(request, window, game_id)

    @operation("Unfollow the board of all games", answers={204: None}, errors=(PlayerNotFoundError,))
    def delete(self, request: Request, window: str, game_id: UUID = PLATFORM_ID) -> HttpResponse:
        return super().delete(request, window, game_id)


def _own_player_id(request: Request) -> UUID:
    player_id = require_caller(request).player_id
    if player_id is None:
        raise PlayerNotFoundError
    return player_id


def _window(text: str) -> Window:
    if text not in Window.values:
        raise InvalidError(f"A window is one of {', '.join(Window.values)}.", pointer="window")
    return Window(text)


def _body(scope_id: UUID, window: Window) -> dict[str, Any]:
    return {"game_id": None if scope_id == PLATFORM_ID else scope_id, "window": window.value}
