"""A game's achievements over HTTP, for its studio."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from rest_framework.request import Request

from apps.core.api.auth.callers import require_caller
from apps.core.api.openapi.operations import operation
from apps.core.api.views import ApiView
from apps.core.api.wire.conditional import IF_MATCH, if_match
from apps.core.api.wire.cursors import InvalidCursorError, cursor_parameters, page_of
from apps.core.api.wire.inputs import read
from apps.core.api.wire.responses import json_response
from apps.core.errors import NotFoundError
from apps.games import actions
from apps.games.access import Ability, RoleTooLowError, open_managed_game
from apps.games.achievement_keys import fold_key, named
from apps.games.actions.drafts import KeyTakenError, WrongStateError
from apps.games.bodies import managed_achievement_body
from apps.games.definitions.budget import BudgetExceededError, ChangedMeanwhileError
from apps.games.definitions.content import edit_tag
from apps.games.definitions.definition import AchievementDefinition
from apps.games.models import Achievement, Game
from apps.games.queries import managed_achievements
from apps.games.serializers import (
    AchievementOrderSerializer,
    ManagedAchievementPageSerializer,
    NewAchievementSerializer,
)
from apps.games.serializers.drafts import ManagedAchievementSerializer
from apps.games.views.games import MAKERS


class ManagedAchievementsView(ApiView):
    """GET, POST /api/v1/manage/games/{game_id}/achievements."""

    access = {"GET": MAKERS, "POST": MAKERS}
    stale_ok = False
    tags = ("Management",)
    rate = "write"
    is_idempotent = True

    @operation(
        "List managed achievements",
        responses={200: ManagedAchievementPageSerializer},
        parameters=cursor_parameters,
        errors=(InvalidCursorError, RoleTooLowError),
        description="New and archived ones too, in authored order; each as it is drafted, with what is live beside it.",
    )
    def get(self, request: Request, game_id: UUID) -> HttpResponse:
        game = open_managed_game(require_caller(request), game_id)
        page = page_of(
            request,
            managed_achievements(game),
            order=("position", "id"),
            rows_body=lambda found: list(map(managed_achievement_body, found)),
        )
        return json_response(page)

    @operation(
        "Create an achievement",
        request=NewAchievementSerializer,
        responses={201: ManagedAchievementSerializer},
        errors=(RoleTooLowError, KeyTakenError, BudgetExceededError),
        description="A draft at the end of the list.",
    )
    def post(self, request: Request, game_id: UUID) -> HttpResponse:
        caller = require_caller(request)
        game = open_managed_game(caller, game_id, Ability.EDIT)
        members = {"setter": game.default_setter, **read(NewAchievementSerializer, request.data)}
        made = actions.create_achievement(game=game, definition=AchievementDefinition(**members), by=caller.id)
        return achievement_response(made, status=201)


class ManagedAchievementView(ApiView):
    """GET, PATCH, DELETE /api/v1/manage/games/{game_id}/achievements/{achievement}."""

    access = {"GET": MAKERS, "PATCH": MAKERS, "DELETE": MAKERS}
    stale_ok = False
    tags = ("Management",)
    rate = "write"

    @operation("Get a managed achievement", responses={200: ManagedAchievementSerializer}, errors=(RoleTooLowError,))
    def get(self, request: Request, game_id: UUID, achievement: UUID | str) -> HttpResponse:
        return achievement_response(open_achievement(request, game_id, achievement, Ability.VIEW))

    @operation(
        "Change an achievement",
        request=NewAchievementSerializer(partial=True),
        responses={200: ManagedAchievementSerializer},
        parameters=[IF_MATCH],
        errors=(RoleTooLowError, KeyTakenError, BudgetExceededError, ChangedMeanwhileError),
        description="Changes its draft, which players see once it is published; test keys see it at once. Omitted "
        "members stay. Once published, key and kind are fixed.",
    )
    def patch(self, request: Request, game_id: UUID, achievement: UUID | str) -> HttpResponse:
        found = open_achievement(request, game_id, achievement)
        changes = read(NewAchievementSerializer, request.data, partial=True)
        actions.amend_achievement(
            achievement=found, changes=changes, by=require_caller(request).id, expected=if_match(request)
        )
        return achievement_response(found)

    @operation(
        "Delete an achievement",
        responses={204: None},
        parameters=[IF_MATCH],
        errors=(RoleTooLowError, WrongStateError, ChangedMeanwhileError),
        description="What was never published only: archive what players may have earned.",
    )
    def delete(self, request: Request, game_id: UUID, achievement: UUID | str) -> HttpResponse:
        found = open_achievement(request, game_id, achievement)
        actions.delete_achievement(achievement=found, expected=if_match(request))
        return HttpResponse(status=204)


class AchievementOrderView(ApiView):
    """PUT /api/v1/manage/games/{game_id}/achievements/order."""

    access = {"PUT": MAKERS}
    tags = ("Management",)
    rate = "write"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Hand on what is meant for an achievement whose key is `order`."""
        if request.method in {"GET", "HEAD", "PATCH", "DELETE"}:
            return ManagedAchievementView.as_view()(request, achievement="order", **kwargs)
        return super().dispatch(request, *args, **kwargs)

    @operation(
        "Order achievements",
        request=AchievementOrderSerializer,
        responses={204: None},
        errors=(RoleTooLowError,),
        description="Archived ones stand after all others, wherever they were.",
    )
    def put(self, request: Request, game_id: UUID) -> HttpResponse:
        game = open_managed_game(require_caller(request), game_id, Ability.EDIT)
        given = read(AchievementOrderSerializer, request.data)["achievements"]
        keys = {str(pk): key for pk, key in Achievement.objects.filter(game=game).values_list("id", "key")}
        actions.order_achievements(game=game, keys=[keys.get(fold_key(name), name) for name in given])
        return HttpResponse(status=204)


def open_achievement(
    request: Request, game_id: UUID, achievement: UUID | str, ability: Ability = Ability.EDIT
) -> Achievement:
    """Return an achievement of a game the caller manages. Raises: NotFoundError, RoleTooLowError."""
    return _achievement(open_managed_game(require_caller(request), game_id, ability), achievement)


def achievement_response(achievement: Achievement, *, status: int = 200) -> HttpResponse:
    """Answer with the current achievement and its ETag. Raises: NotFoundError when it has been deleted."""
    current = managed_achievements(achievement.game).filter(pk=achievement.pk).first()
    if current is None:
        raise NotFoundError
    response = json_response(managed_achievement_body(current), status=status)
    response.headers["ETag"] = edit_tag(current)
    return response


def _achievement(game: Game, reference: UUID | str) -> Achievement:
    found = named(Achievement.objects.filter(game=game), reference).first()
    if found is None:
        raise NotFoundError
    found.game = game
    return found
