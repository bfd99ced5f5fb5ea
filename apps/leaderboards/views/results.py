"""Closed windows, medals and rank history over HTTP."""

from datetime import date
from uuid import UUID

from django.http import HttpResponse
from rest_framework.request import Request

from apps.core.api.auth.callers import PUBLIC, PUBLIC_LIVE, NotAuthenticatedError, account_id_of, caller_of
from apps.core.api.openapi.operations import operation
from apps.core.api.views import ApiView
from apps.core.api.wire.cursors import InvalidCursorError, cursor_parameters, page_of, page_serializer
from apps.core.api.wire.inputs import read_number
from apps.core.api.wire.query_parameters import query
from apps.core.api.wire.responses import bytes_response, json_response, to_json
from apps.core.http.shareable import ANONYMOUS
from apps.games.cache_versions import CACHED_SECONDS
from apps.games.queries import GameNotFoundError
from apps.leaderboards.boards.board import PLATFORM_ID, Board
from apps.leaderboards.boards.page_versions import version_keys_of_closed, version_keys_of_medals
from apps.leaderboards.bodies import closed_window_body, final_page_body, medal_body, rank_history_body
from apps.leaderboards.models import Window
from apps.leaderboards.parsing import (
    CLOSING,
    mode_parameter,
    on_platform,
    page_parameters,
    read_closing_window,
    read_page,
    read_scope,
)
from apps.leaderboards.queries import require_board
from apps.leaderboards.results import final_places
from apps.leaderboards.serializers import (
    ClosedWindowsSerializer,
    FinalPageSerializer,
    MedalSerializer,
    RankHistorySerializer,
)
from apps.leaderboards.standings.rank_history import RETENTION_DAYS, ranks_of
from apps.players.errors import PlayerNotFoundError
from apps.players.visibility import key_game_of, seen_player, viewer_of
from apps.unlocks.errors import GameWithoutModesError

_window = query("window", str, "Of which length.", enum=CLOSING, default=Window.WEEK.value)
_days = query(
    "days",
    {"type": "integer", "minimum": 1, "maximum": RETENTION_DAYS},
    "The number of days to go back.",
    default=RETENTION_DAYS,
)


class ClosedWindowsView(ApiView):
    """GET /api/v1/leaderboards/{game_id}/closed, or /global/closed."""

    access = {"GET": PUBLIC}
    stale_ok = False
    tags = ("Leaderboards",)
    is_conditional = is_response_cached = True

    @operation(
        "Closed windows of a game",
        responses={200: ClosedWindowsSerializer},
        parameters=[_window, mode_parameter],
        errors=(GameNotFoundError, GameWithoutModesError),
        description="The last 50 days, weeks or months that somebody was on, each with its first three.",
        variant=on_platform("Closed windows of the platform", "Like a game's, for the points of all games."),
    )
    def get(self, request: Request, game_id: UUID = PLATFORM_ID) -> HttpResponse:
        window = read_closing_window(request.query_params.get("window", Window.WEEK.value))
        scope_id = read_scope(request.query_params, game_id)
        validity = self.validity_from_now(request, *version_keys_of_closed(scope_id), seconds=CACHED_SECONDS)
        require_board(scope_id, account_id_of(request))
        found = final_places.closed_windows(scope_id, window, viewer_of(caller_of(request)))
        body = to_json({"results": [closed_window_body(item) for item in found]})
        return self.respond_to_all(request, body, validity)


class FinalPlacesView(ApiView):
    """GET /api/v1/leaderboards/{game_id}/closed/{window}/{opened_on}, or /global/closed/..."""

    access = {"GET": PUBLIC}
    stale_ok = False
    tags = ("Leaderboards",)
    is_conditional = is_response_cached = True

    @operation(
        "Final ranks in a game",
        id_="final_places_in_a_game",
        responses={200: FinalPageSerializer},
        parameters=[mode_parameter, *page_parameters],
        errors=(GameNotFoundError, GameWithoutModesError, final_places.WindowNotClosedError),
        description="Where the first thousand stood when a window closed; it never changes.",
        variant=on_platform(
            "Final ranks on the platform",
            "Like those in a game, for the points of all games.",
            id_="final_places_on_the_platform",
        ),
    )
    def get(self, request: Request, window: str, opened_on: date, game_id: UUID = PLATFORM_ID) -> HttpResponse:
        board = Board(read_scope(request.query_params, game_id), read_closing_window(window), opened_on)
        page, size = read_page(request.query_params, board)
        validity = self.validity_from_now(request, *version_keys_of_closed(board.scope_id), seconds=CACHED_SECONDS)
        require_board(board.scope_id, account_id_of(request))
        found = final_places.final_page(
            board, offset=(page - 1) * size, limit=size, viewer=viewer_of(caller_of(request))
        )
        return self.respond_to_all(request, to_json(final_page_body(found, page=page, page_size=size)), validity)


class RankHistoryView(ApiView):
    """GET /api/v1/leaderboards/{game_id}/players/{player_id}/history, or /global/players/..."""

    access = {"GET": PUBLIC}
    stale_ok = True
    tags = ("Leaderboards",)

    @operation(
        "Rank history of a player in a game",
        responses={200: RankHistorySerializer},
        parameters=[_days, mode_parameter],
        errors=(GameNotFoundError, GameWithoutModesError, PlayerNotFoundError),
        description="The rank on the all-time board at the end of each day, UTC, for 90 days; stored while the player "
        "has earned something in the last 90 days.",
        variant=on_platform(
            "Rank history of a player on the platform", "As that in a game, over the points of all games."
        ),
    )
    def get(self, request: Request, player_id: UUID, game_id: UUID = PLATFORM_ID) -> HttpResponse:
        days = read_number(request.query_params, "days", default=RETENTION_DAYS, low=1, high=RETENTION_DAYS)
        board = Board(read_scope(request.query_params, game_id))
        require_board(board.scope_id, account_id_of(request))
        player = seen_player(caller_of(request), player_id)
        ranks = ranks_of(player.id, board.scope_id, days=days)
        return json_response(rank_history_body(player.id, board, ranks))


class MedalsView(ApiView):
    """GET /api/v1/players/{player}/medals."""

    access = {"GET": PUBLIC_LIVE}
    stale_ok = False
    tags = ("Leaderboards",)
    is_conditional = is_response_cached = True

    @operation(
        "Medals of a player",
        responses={200: page_serializer(MedalSerializer)},
        parameters=cursor_parameters,
        errors=(PlayerNotFoundError, NotAuthenticatedError, InvalidCursorError),
        description="Every place among the first thousand of a day, week or month, newest first.",
    )
    def get(self, request: Request, player: UUID | None) -> HttpResponse:
        caller = caller_of(request)
        keys = () if player is None else version_keys_of_medals(player)
        validity = self.validity_from_now(request, *keys, seconds=CACHED_SECONDS)
        found = seen_player(caller, player)
        order = ("-opened_on", "window", "scope_id", "player_id")
        rows = final_places.places_of(found, caller)
        body = to_json(page_of(request, rows, order=order, rows_body=lambda page: list(map(medal_body, page))))
        # A key sees whom its game knows, and its own game while that is hidden; who was merged changes with another.
        if key_game_of(caller) is not None or found.id != player:
            return bytes_response(body)
        return self.respond_to_all(request, body, validity, ANONYMOUS)
