"""Games over HTTP, for everyone and for their studios."""

from uuid import UUID

from django.db import transaction
from django.http import HttpResponse
from rest_framework.request import Request

from apps.core.api.auth.callers import PUBLIC, Access, Scope, caller_of, require_caller
from apps.core.api.openapi.operations import operation
from apps.core.api.views import ApiView
from apps.core.api.wire.conditional import REVALIDATED, conditional
from apps.core.api.wire.cursors import InvalidCursorError, cursor_parameters, page_of
from apps.core.api.wire.filters import filtered
from apps.core.api.wire.inputs import read
from apps.core.api.wire.query_parameters import query
from apps.core.api.wire.responses import json_response, to_json
from apps.core.http.shareable import ANONYMOUS
from apps.games.access import Ability, RoleTooLowError, open_managed_game
from apps.games.actions import amend_game, publish_game, unpublish_game
from apps.games.actions.games import NothingPublishedError, SlugFixedError, SlugTakenError
from apps.games.bodies import game_bodies, managed_game_body
from apps.games.cache_versions import CACHED_SECONDS, KEY
from apps.games.filters import GameFilters
from apps.games.queries import GameNotFoundError, counted_listed_games, managed_games, sees_own_game, shown_game
from apps.games.serializers import (
    GameChangesSerializer,
    GamePageSerializer,
    GameSerializer,
    ManagedGamePageSerializer,
    ManagedGameSerializer,
)

# Definitions are live data, so test keys have no access.
MAKERS = Access(key=Scope.DEFINITIONS_WRITE, session=True, test_keys=False)
ORDER = ("name", "id")


class GameListView(ApiView):
    """GET /api/v1/games."""

    access = {"GET": PUBLIC}
    stale_ok = False
    tags = ("Games",)
    is_conditional = True
    is_response_cached = True

    @operation(
        "List games",
        responses={200: GamePageSerializer},
        parameters=[query("q", str, "Part of the name."), *cursor_parameters],
        errors=(InvalidCursorError,),
        description="Published games by name. A key lists its own game too while that is not published, and so do the "
        "player tokens of a test key.",
    )
    def get(self, request: Request) -> HttpResponse:
        validity = self.validity_from_now(request, KEY, seconds=CACHED_SECONDS)
        rows = filtered(GameFilters, request, counted_listed_games(caller_of(request)))
        body = to_json(page_of(request, rows, order=ORDER, rows_body=game_bodies))
        if sees_own_game(caller_of(request)):
            return HttpResponse(body, content_type="application/json")
        self.share(request, validity, ANONYMOUS)
        response = conditional(request, body, cache_control=REVALIDATED)
        # Keys get another response.
        response.headers["Vary"] = "Authorization"
        return response


class GameView(ApiView):
    """GET /api/v1/games/{game}."""

    access = {"GET": PUBLIC}
    stale_ok = False
    tags = ("Games",)
    is_conditional = True
    is_response_cached = True

    @operation(
        "Get a game",
        responses={200: GameSerializer},
        errors=(GameNotFoundError,),
        description="By its id or slug. While it is not published, it is found by its own keys, by player tokens of "
        "its test keys, and by members of its studio who are logged in.",
    )
    def get(self, request: Request, game: UUID | str) -> HttpResponse:
        validity = self.validity_from_now(request, KEY, seconds=CACHED_SECONDS)
        found = shown_game(game, caller_of(request))
        body = to_json(game_bodies([found])[0])
        if found.is_published:
            self.share(request, validity)
            return conditional(request, body, cache_control=REVALIDATED)
        return conditional(request, body, cache_control="private, no-cache")


class ManagedGameListView(ApiView):
    """GET /api/v1/manage/games."""

    access = {"GET": MAKERS}
    stale_ok = False
    tags = ("Management",)

    @operation(
        "List managed games",
        responses={200: ManagedGamePageSerializer},
        parameters=[query("q", str, "Part of the name."), *cursor_parameters],
        errors=(InvalidCursorError,),
        description="A key's own game; for people, the games of their studios, by name.",
    )
    def get(self, request: Request) -> HttpResponse:
        rows = filtered(GameFilters, request, managed_games(require_caller(request)))
        page = page_of(request, rows, order=ORDER, rows_body=lambda found: list(map(managed_game_body, found)))
        return json_response(page)


class ManagedGameView(ApiView):
    """GET, PATCH /api/v1/manage/games/{game_id}."""

    access = {"GET": MAKERS, "PATCH": MAKERS}
    stale_ok = False
    tags = ("Management",)
    rate = "write"

    @operation("Get a managed game", responses={200: ManagedGameSerializer}, errors=(RoleTooLowError,))
    def get(self, request: Request, game_id: UUID) -> HttpResponse:
        return _managed(request, game_id)

    @operation(
        "Change a game",
        request=GameChangesSerializer,
        responses={200: ManagedGameSerializer},
        errors=(RoleTooLowError, SlugTakenError, SlugFixedError, NothingPublishedError),
        description="All of it or nothing. `is_published` shows the game to players, or hides its pages again.",
    )
    def patch(self, request: Request, game_id: UUID) -> HttpResponse:
        game = open_managed_game(require_caller(request), game_id, Ability.EDIT)
        changes = read(GameChangesSerializer, request.data)
        is_published, points_budget = changes.pop("is_published", None), changes.pop("points_budget", None)
        with transaction.atomic():
            if changes or points_budget is not None:
                amend_game(game=game, changes=changes, points_budget=points_budget)
            if is_published is not None:
                (publish_game if is_published else unpublish_game)(game=game)
        return _managed(request, game_id)


def _managed(request: Request, game_id: UUID) -> HttpResponse:
    caller = require_caller(request)
    open_managed_game(caller, game_id)
    return json_response(managed_game_body(managed_games(caller).get(pk=game_id)))
