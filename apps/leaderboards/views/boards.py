"""Boards over HTTP: public, apart from friends' boards."""

from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext, gettext_noop
from rest_framework.request import Request

from apps.core.api.auth.callers import Access, Caller, PUBLIC, Scope, caller_of, require_caller
from apps.core.api.openapi.operations import operation, query
from apps.core.api.views import ApiView
from apps.core.api.wire.conditional import REVALIDATED, conditional
from apps.core.api.wire.inputs import read_id
from apps.core.api.wire.responses import json_answer
from apps.core.errors import InvalidError, NotFoundError
from apps.games.queries import GameNotFoundError
from apps.leaderboards import serializers
from apps.leaderboards.boards.board import PLATFORM_ID, Board
from apps.leaderboards.bodies import friends_page_body, player_place_body
from apps.leaderboards.pages.board_pages import board_page
from apps.leaderboards.parsing import (
    AROUND_MAX,
    around_parameter,
    on_platform,
    page_parameters,
    read_board,
    read_number,
    read_page,
    region_parameter,
    window_parameter,
)
from apps.leaderboards.queries import (
    BoardPageUnavailableError,
    PlayerPlace,
    place_of_player,
    require_board,
)
from apps.leaderboards.rivalry.friends_board import friends_page
from apps.leaderboards.sorted_sets.multi_region import HEAD_PLACES
from apps.players.errors import AccountDeactivatedError, PlayerNotFoundError
from apps.players.queries import Viewer, id_now, visible_player
from apps.players.visibility import viewer_of, represented_player



class PlayerNotRankedError(NotFoundError):
    code = "player_not_ranked"
    detail = gettext_noop(
        "This player is not on this board, or none that you may see: no points in this scope, window and region."
    )


class BoardView(ApiView):
    """GET /api/v1/leaderboards/{game_id}, or /global."""

    access = {"GET": PUBLIC}
    tags = ("Leaderboards",)
    is_conditional = True

    @operation(
        "Leaderboard of a game",
        answers={200: serializers.BoardPageSerializer},
        parameters=[window_parameter, region_parameter, *page_parameters],
        errors=(GameNotFoundError, BoardPageUnavailableError),
        description=f"Ordered by points; ties go to whoever got there first. Pages of several regions end at place "
        f"{HEAD_PLACES:,}, and such a board is up to 30 seconds behind. A page is the same for everyone: `player` is "
        "null for who is private, or open to players they follow only. Boards of a game that is not published are for "
        "members of its studio. Send the ETag as If-None-Match: 304 while it holds.",
        variant=on_platform("Leaderboard of the platform", "As the board of a game, over the points of all games."),
    )
    def get(self, request: Request, game_id: UUID = PLATFORM_ID) -> HttpResponse:
        board = read_board(request.query_params, game_id)
        page, size = read_page(request.query_params, board)
        address = request.path, request.META.get("QUERY_STRING", "")
        found = board_page(board, page, size, account_id=account_of(request), address=address)
        if found.is_private:
            return HttpResponse(found.body, content_type="application/json")
        # Revalidated each time, as a cached page is dropped at every change: a 304 saves the body.
        return conditional(request, found.body, etag=found.etag, cache_control=REVALIDATED)


class PlayerPlaceView(ApiView):
    """GET /api/v1/leaderboards/{game_id}/players/{player_id}, or /global/players/{player_id}."""

    access = {"GET": PUBLIC}
    tags = ("Leaderboards",)

    @operation(
        "Place of a player in a game",
        answers={200: serializers.PlayerPlaceSerializer},
        parameters=[window_parameter, region_parameter, around_parameter],
        errors=(GameNotFoundError, PlayerNotRankedError),
        description="Rank, percentile and the rows around a player, as the caller may see them; a key sees what the "
        "player does. Who may not be seen is not found.",
        variant=on_platform(
            "Place of a player on the platform", "As the place in a game, over the points of all games."
        ),
    )
    def get(self, request: Request, player_id: UUID, game_id: UUID = PLATFORM_ID) -> HttpResponse:
        board = read_board(request.query_params, game_id)
        reach = read_number(request.query_params, "around", default=5, low=0, high=AROUND_MAX)
        return json_answer(player_place_body(_place(request, board, player_id, reach)))


_viewer = query("player_id", {"type": "string", "format": "uuid"}, "Whose friends; keys must say, others are `me`.")


class FriendsBoardView(ApiView):
    """GET /api/v1/leaderboards/{game_id}/friends, or /global/friends."""

    access = {"GET": Access(key=Scope.READ, token=True, session=True, test_keys=False)}
    tags = ("Leaderboards",)

    @operation(
        "Friends in a game",
        answers={200: serializers.FriendsPageSerializer},
        parameters=[window_parameter, *page_parameters, _viewer],
        errors=(GameNotFoundError, PlayerNotFoundError, AccountDeactivatedError),
        description="The viewer and the players they follow, ranked among themselves. The viewer is always there: "
        "last, without a rank, while they have no points.",
        variant=on_platform("Friends on the platform", "As the friends in a game, over the points of all games."),
    )
    def get(self, request: Request, game_id: UUID = PLATFORM_ID) -> HttpResponse:
        board = read_board({"window": request.query_params.get("window", "all")}, game_id)
        page, size = read_page(request.query_params, board)
        viewer_id = _viewer_of(request, require_caller(request))
        require_board(game_id, account_of(request))
        found = friends_page(board, viewer_id, offset=(page - 1) * size, limit=size)
        return json_answer(friends_page_body(found, page=page, page_size=size))


def _viewer_of(request: Request, caller: Caller) -> UUID:
    """Return the player whose friends are ranked: a key names one, others have their own."""
    named_id = read_id(request, "player_id")
    if named_id is not None:
        return represented_player(caller, named_id).id
    if caller.kind == "key":
        raise InvalidError(gettext("Say whose friends: player_id is missing."), pointer="player_id")
    return visible_player(caller.player_id, caller.player_id).id


def _place(request: Request, board: Board, player_id: UUID, reach: int) -> PlayerPlace:
    """Return a player's place. Only players who are not found may have been merged: they cost another query.

    Raises: PlayerNotRankedError, also for players not visible; GameNotFoundError.
    """
    caller = caller_of(request)
    place = place_of_player(board, player_id, reach=reach, viewer=viewer_of(caller, player_id))
    if place is None and (became := id_now(player_id)) != player_id:
        is_own = caller is not None and caller.player_id == player_id
        viewer = Viewer(became) if is_own else viewer_of(caller, became)
        place = place_of_player(board, became, reach=reach, viewer=viewer)
    if place is None or not place.is_open:
        require_board(board.scope_id, account_of(request))
    if place is None or place.row.player is None:
        raise PlayerNotRankedError
    return place


def account_of(request: Request) -> UUID | None:
    """Return the logged-in account."""
    caller = caller_of(request)
    return None if caller is None else caller.account_id
