"""Boards over HTTP: public, apart from friends' boards."""

from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext
from rest_framework.request import Request

from apps.core.api.auth.callers import PUBLIC, Access, Caller, Scope, account_id_of, caller_of, require_caller
from apps.core.api.openapi.operations import operation
from apps.core.api.views import ApiView
from apps.core.api.wire.conditional import REVALIDATED, conditional
from apps.core.api.wire.inputs import read_id
from apps.core.api.wire.query_parameters import query
from apps.core.api.wire.responses import json_response
from apps.core.errors import Flaw, InvalidError
from apps.core.parsing.sentences import mistake
from apps.games.queries import GameNotFoundError
from apps.leaderboards import serializers
from apps.leaderboards.boards.board import PLATFORM_ID
from apps.leaderboards.bodies import friends_page_body, player_rank_body
from apps.leaderboards.friends_board import friends_page
from apps.leaderboards.pages.board_pages import board_page_bytes
from apps.leaderboards.parsing import (
    around_parameter,
    mode_parameter,
    on_platform,
    page_parameters,
    read_board,
    read_page,
    read_reach,
    region_parameter,
    window_parameter,
)
from apps.leaderboards.places import PlayerNotRankedError, visible_rank
from apps.leaderboards.queries import BoardPageUnavailableError, require_board
from apps.leaderboards.sorted_sets.multi_region import HEAD_RANKS
from apps.players.errors import AccountDeactivatedError, PlayerNotFoundError
from apps.players.visibility import own_player, represented_player
from apps.unlocks.errors import GameWithoutModesError


class BoardView(ApiView):
    """GET /api/v1/leaderboards/{game_id}, or /global."""

    access = {"GET": PUBLIC}
    stale_ok = False
    tags = ("Leaderboards",)
    is_conditional = True
    is_response_cached = True

    @operation(
        "Leaderboard of a game",
        responses={200: serializers.BoardPageSerializer},
        parameters=[window_parameter, region_parameter, mode_parameter, *page_parameters],
        errors=(GameNotFoundError, GameWithoutModesError, BoardPageUnavailableError),
        description=f"Ordered by points; ties go to whoever got there first. Pages of several regions end at rank "
        f"{HEAD_RANKS:,}, and such a board is up to 30 seconds behind. A page is the same for everyone: `player` is "
        "null for who is private, or open to players they follow only. Boards of a game that is not published are for "
        "members of its studio. Send the ETag as If-None-Match: 304 while it holds.",
        variant=on_platform("Leaderboard of the platform", "Like a game's leaderboard, for the points of all games."),
    )
    def get(self, request: Request, game_id: UUID = PLATFORM_ID) -> HttpResponse:
        board = read_board(request.query_params, game_id)
        page, size = read_page(request.query_params, board)
        url = request.path, request.META.get("QUERY_STRING", "")
        found = board_page_bytes(board, page, size, account_id=account_id_of(request), url=url)
        if found.is_private:
            return HttpResponse(found.body, content_type="application/json")
        self.share(request, found.validity)
        # Revalidated each time, as a cached page is dropped at every change: a 304 saves the body.
        return conditional(request, found.body, etag=found.etag, cache_control=REVALIDATED)


class PlayerPlaceView(ApiView):
    """GET /api/v1/leaderboards/{game_id}/players/{player_id}, or /global/players/{player_id}."""

    access = {"GET": PUBLIC}
    stale_ok = True
    tags = ("Leaderboards",)

    @operation(
        "Rank of a player in a game",
        id_="place_of_a_player_in_a_game",
        responses={200: serializers.PlayerPlaceSerializer},
        parameters=[window_parameter, region_parameter, mode_parameter, around_parameter],
        errors=(GameNotFoundError, GameWithoutModesError, PlayerNotRankedError),
        description="Rank, percentile and the rows around a player, as the caller may see them; a key sees what the "
        "player does. Who may not be seen is not found.",
        variant=on_platform(
            "Rank of a player on the platform",
            "Like the rank in a game, for the points of all games.",
            id_="place_of_a_player_on_the_platform",
        ),
    )
    def get(self, request: Request, player_id: UUID, game_id: UUID = PLATFORM_ID) -> HttpResponse:
        board = read_board(request.query_params, game_id)
        reach = read_reach(request.query_params)
        return json_response(player_rank_body(visible_rank(caller_of(request), board, player_id, reach=reach)))


_viewer = query(
    "player_id",
    {"type": "string", "format": "uuid"},
    "The player whose friends to rank. Required for keys; others get their own.",
)


class FriendsBoardView(ApiView):
    """GET /api/v1/leaderboards/{game_id}/friends, or /global/friends."""

    access = {"GET": Access(key=Scope.READ, token=True, session=True, test_keys=False)}
    stale_ok = False
    tags = ("Leaderboards",)

    @operation(
        "Friends in a game",
        responses={200: serializers.FriendsPageSerializer},
        parameters=[window_parameter, mode_parameter, *page_parameters, _viewer],
        errors=(GameNotFoundError, GameWithoutModesError, PlayerNotFoundError, AccountDeactivatedError),
        description="The viewer and the players they follow, ranked among themselves. The viewer is always there: "
        "last, without a rank, while they have no points.",
        variant=on_platform("Friends on the platform", "As the friends in a game, over the points of all games."),
    )
    def get(self, request: Request, game_id: UUID = PLATFORM_ID) -> HttpResponse:
        board = read_board(request.query_params, game_id)
        page, size = read_page(request.query_params, board)
        viewer_id = _viewer_of(request, require_caller(request))
        require_board(board.scope_id, account_id_of(request))
        found = friends_page(board, viewer_id, offset=(page - 1) * size, limit=size)
        return json_response(friends_page_body(found, page=page, page_size=size))


def _viewer_of(request: Request, caller: Caller) -> UUID:
    """Return the player whose friends are ranked: a key names one, others have their own."""
    named_id = read_id(request, "player_id")
    if named_id is not None:
        return represented_player(caller, named_id).id
    if caller.kind == "key":
        flaw = Flaw("player_id", *mistake("required"))
        raise InvalidError(gettext("Say whose friends: player_id is missing."), flaws=[flaw])
    return own_player(caller).id
