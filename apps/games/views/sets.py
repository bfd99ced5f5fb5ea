"""A game's sets over HTTP, for its studio."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from rest_framework.request import Request

from apps.core.api.auth.callers import require_caller
from apps.core.api.openapi.operations import operation
from apps.core.api.views import ApiView
from apps.core.api.wire.cursors import InvalidCursorError, cursor_parameters, page_of
from apps.core.api.wire.inputs import read
from apps.core.api.wire.responses import json_response
from apps.core.errors import NotFoundError
from apps.games import actions
from apps.games.access import Ability, RoleTooLowError, open_managed_game
from apps.games.actions.sets import SetInUseError, SetKeyTakenError
from apps.games.bodies import managed_set_body
from apps.games.definitions.definition import SetDefinition
from apps.games.models import Game
from apps.games.queries import managed_sets
from apps.games.serializers import (
    ManagedSetPageSerializer,
    ManagedSetSerializer,
    NewSetSerializer,
    SetOrderSerializer,
)
from apps.games.views.games import MAKERS


class ManagedSetsView(ApiView):
    """GET, POST /api/v1/manage/games/{game_id}/sets."""

    access = {"GET": MAKERS, "POST": MAKERS}
    stale_ok = False
    tags = ("Management",)
    rate = "write"
    is_idempotent = True

    @operation(
        "List sets",
        responses={200: ManagedSetPageSerializer},
        parameters=cursor_parameters,
        errors=(InvalidCursorError, RoleTooLowError),
        description="In authored order, the base set first.",
    )
    def get(self, request: Request, game_id: UUID) -> HttpResponse:
        rows = managed_sets(open_managed_game(require_caller(request), game_id))
        page = page_of(
            request, rows, order=("position", "id"), rows_body=lambda found: list(map(managed_set_body, found))
        )
        return json_response(page)

    @operation(
        "Create a set",
        request=NewSetSerializer,
        responses={201: ManagedSetSerializer},
        errors=(RoleTooLowError, SetKeyTakenError),
        description="At the end of the list. Achievements are put into it by their `set`.",
    )
    def post(self, request: Request, game_id: UUID) -> HttpResponse:
        game = open_managed_game(require_caller(request), game_id, Ability.EDIT)
        made = actions.create_set(game=game, definition=SetDefinition(**read(NewSetSerializer, request.data)))
        return json_response(managed_set_body(_set(game, made.id)), status=201)


class ManagedSetView(ApiView):
    """GET, PATCH, DELETE /api/v1/manage/games/{game_id}/sets/{achievement_set}."""

    access = {"GET": MAKERS, "PATCH": MAKERS, "DELETE": MAKERS}
    stale_ok = False
    tags = ("Management",)
    rate = "write"

    @operation("Get a set", responses={200: ManagedSetSerializer}, errors=(RoleTooLowError,))
    def get(self, request: Request, game_id: UUID, achievement_set: UUID | str) -> HttpResponse:
        game = open_managed_game(require_caller(request), game_id)
        return json_response(managed_set_body(_set(game, achievement_set)))

    @operation(
        "Change a set",
        request=NewSetSerializer(partial=True),
        responses={200: ManagedSetSerializer},
        errors=(RoleTooLowError, SetKeyTakenError),
        description="Omitted members stay. A retired set takes no new unlocks; nobody loses an achievement or a crown.",
    )
    def patch(self, request: Request, game_id: UUID, achievement_set: UUID | str) -> HttpResponse:
        game = open_managed_game(require_caller(request), game_id, Ability.EDIT)
        found = _set(game, achievement_set)
        changes = read(NewSetSerializer, request.data, partial=True)
        if changes:
            actions.amend_set(achievement_set=found, changes=changes)
        return json_response(managed_set_body(_set(game, found.id)))

    @operation(
        "Delete a set",
        responses={204: None},
        errors=(RoleTooLowError, SetInUseError),
        description="One without achievements.",
    )
    def delete(self, request: Request, game_id: UUID, achievement_set: UUID | str) -> HttpResponse:
        game = open_managed_game(require_caller(request), game_id, Ability.EDIT)
        actions.delete_set(achievement_set=_set(game, achievement_set))
        return HttpResponse(status=204)


class SetOrderView(ApiView):
    """PUT /api/v1/manage/games/{game_id}/sets/order."""

    access = {"PUT": MAKERS}
    tags = ("Management",)
    rate = "write"

    @operation(
        "Order sets",
        request=SetOrderSerializer,
        responses={204: None},
        errors=(RoleTooLowError,),
        description="The base set is always the first.",
    )
    def put(self, request: Request, game_id: UUID) -> HttpResponse:
        game = open_managed_game(require_caller(request), game_id, Ability.EDIT)
        actions.order_sets(game=game, keys=read(SetOrderSerializer, request.data)["sets"])
        return HttpResponse(status=204)


def _set(game: Game, reference: UUID | str) -> Any:
    column = {"pk": reference} if isinstance(reference, UUID) else {"key": reference}
    found = managed_sets(game).filter(**column).first()
    if found is None:
        raise NotFoundError
    return found
