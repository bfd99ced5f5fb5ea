"""Following boards over HTTP."""

from uuid import UUID

from django.http import HttpResponse
from rest_framework.request import Request

from apps.core.api.auth.callers import PLAYERS, require_caller
from apps.core.api.openapi.operations import operation
from apps.core.api.views import ApiView
from apps.core.api.wire.responses import json_response
from apps.games.queries import GameNotFoundError
from apps.leaderboards.boards.board import PLATFORM_ID
from apps.leaderboards.bodies import followed_board_body
from apps.leaderboards.parsing import mode_parameter, on_platform, read_scope, read_window
from apps.leaderboards.rivalry import board_follows
from apps.leaderboards.serializers import FollowedBoardSerializer, FollowedBoardsSerializer
from apps.players.errors import PlayerNotFoundError
from apps.players.visibility import own_player_id
from apps.unlocks.errors import GameWithoutModesError


class FollowedBoardsView(ApiView):
    """GET /api/v1/players/me/followed-boards."""

    access = {"GET": PLAYERS}
    stale_ok = False
    tags = ("Leaderboards",)

    @operation(
        "List the boards I follow",
        responses={200: FollowedBoardsSerializer},
        errors=(PlayerNotFoundError,),
        description=f"At most {board_follows.FOLLOWED_MAX}; rivals who overtake the player there cause notifications.",
    )
    def get(self, request: Request) -> HttpResponse:
        found = board_follows.boards_followed_by(own_player_id(require_caller(request)))
        return json_response({"boards": [followed_board_body(scope_id, window) for scope_id, window in found]})


class FollowedBoardView(ApiView):
    """PUT, DELETE /api/v1/players/me/followed-boards/{game_id}/{window}, or /global/{window}."""

    access = {"PUT": PLAYERS, "DELETE": PLAYERS}
    tags = ("Leaderboards",)
    rate = "write"

    @operation(
        "Follow a board",
        responses={200: FollowedBoardSerializer},
        parameters=[mode_parameter],
        errors=(PlayerNotFoundError, GameNotFoundError, GameWithoutModesError, board_follows.TooManyBoardsError),
        description="The player is notified when someone overtakes them there, at most once an hour per rival.",
        variant=on_platform("Follow the board of all games", "As the board of a game."),
    )
    def put(self, request: Request, window: str, game_id: UUID = PLATFORM_ID) -> HttpResponse:
        scope_id, chosen = read_scope(request.query_params, game_id), read_window(window)
        board_follows.follow_board(player_id=own_player_id(require_caller(request)), scope_id=scope_id, window=chosen)
        return json_response(followed_board_body(scope_id, chosen))

    @operation(
        "Unfollow a board",
        responses={204: None},
        parameters=[mode_parameter],
        errors=(PlayerNotFoundError,),
        variant=on_platform("Unfollow the board of all games", "Unfollow the board of all games"),
    )
    def delete(self, request: Request, window: str, game_id: UUID = PLATFORM_ID) -> HttpResponse:
        scope_id, chosen = read_scope(request.query_params, game_id), read_window(window)
        board_follows.unfollow_board(player_id=own_player_id(require_caller(request)), scope_id=scope_id, window=chosen)
        return HttpResponse(status=204)
