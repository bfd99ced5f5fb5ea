"""A game's achievements over HTTP, for its studio."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from rest_framework.parsers import BaseParser
from rest_framework.request import Request

from apps.core.api.auth.callers import require_caller
from apps.core.api.openapi.operations import operation
from apps.core.api.views import ApiView
from apps.core.api.wire.cursors import InvalidCursorError, cursor_parameters, page_of
from apps.core.api.wire.inputs import read
from apps.core.api.wire.parsers import StrictJSONParser
from apps.core.api.wire.query_parameters import query
from apps.core.api.wire.responses import json_response
from apps.core.errors import NotFoundError
from apps.games import actions
from apps.games.access import Ability, RoleTooLowError, open_managed_game
from apps.games.achievement_keys import fold_key, named
from apps.games.actions.achievements import KeyTakenError, WrongStateError
from apps.games.actions.imports import ImportRefusedError
from apps.games.bodies import import_result_body, managed_achievement_body
from apps.games.definitions.budget import BudgetExceededError
from apps.games.definitions.definition import AchievementDefinition
from apps.games.definitions.sets import definition_of_set, sets_by_key
from apps.games.formats import FORMATS, format_for, read_document
from apps.games.import_preview import definition_of, plan_import
from apps.games.models import Achievement, Game
from apps.games.parsing import read_flag
from apps.games.serializers import (
    AchievementOrderSerializer,
    DefinitionsSerializer,
    ImportResultSerializer,
    ManagedAchievementPageSerializer,
    ManagedAchievementSerializer,
    NewAchievementSerializer,
)
from apps.games.views.games import MAKERS

FLAG = {"type": "string", "enum": ["true", "false"], "default": "false"}


class ManagedAchievementsView(ApiView):
    """GET, POST /api/v1/manage/games/{game_id}/achievements."""

    access = {"GET": MAKERS, "POST": MAKERS}
    tags = ("Management",)
    rate = "write"
    is_idempotent = True

    @operation(
        "List managed achievements",
        responses={200: ManagedAchievementPageSerializer},
        parameters=cursor_parameters,
        errors=(InvalidCursorError, RoleTooLowError),
        description="Drafts and archived ones too, in authored order.",
    )
    def get(self, request: Request, game_id: UUID) -> HttpResponse:
        game = open_managed_game(require_caller(request), game_id)
        rows = Achievement.objects.filter(game=game).select_related("completion", "achievement_set")
        page = page_of(
            request, rows, order=("position", "id"), rows_body=lambda found: list(map(managed_achievement_body, found))
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
        game = open_managed_game(require_caller(request), game_id, Ability.EDIT)
        members = {"setter": game.default_setter, **read(NewAchievementSerializer, request.data)}
        made = actions.create_achievement(game=game, definition=AchievementDefinition(**members))
        return json_response(managed_achievement_body(made), status=201)


class ManagedAchievementView(ApiView):
    """GET, PATCH, DELETE /api/v1/manage/games/{game_id}/achievements/{achievement}."""

    access = {"GET": MAKERS, "PATCH": MAKERS, "DELETE": MAKERS}
    tags = ("Management",)
    rate = "write"

    @operation("Get a managed achievement", responses={200: ManagedAchievementSerializer}, errors=(RoleTooLowError,))
    def get(self, request: Request, game_id: UUID, achievement: UUID | str) -> HttpResponse:
        return _response(_open(request, game_id, achievement, Ability.VIEW))

    @operation(
        "Change an achievement",
        request=NewAchievementSerializer(partial=True),
        responses={200: ManagedAchievementSerializer},
        errors=(RoleTooLowError, KeyTakenError, BudgetExceededError),
        description="Omitted members stay. Once published, key and kind are fixed. Earned points stay.",
    )
    def patch(self, request: Request, game_id: UUID, achievement: UUID | str) -> HttpResponse:
        found = _open(request, game_id, achievement)
        changes = read(NewAchievementSerializer, request.data, partial=True)
        if changes:
            actions.amend_achievement(achievement=found, changes=changes)
        return _response(found)

    @operation(
        "Delete an achievement",
        responses={204: None},
        errors=(RoleTooLowError, WrongStateError),
        description="Drafts only: archive what players may have earned.",
    )
    def delete(self, request: Request, game_id: UUID, achievement: UUID | str) -> HttpResponse:
        actions.delete_achievement(achievement=_open(request, game_id, achievement))
        return HttpResponse(status=204)


class PublishAchievementView(ApiView):
    """POST /api/v1/manage/games/{game_id}/achievements/{achievement}/publish."""

    access = {"POST": MAKERS}
    tags = ("Management",)
    rate = "write"

    @operation(
        "Publish an achievement",
        responses={200: ManagedAchievementSerializer},
        errors=(RoleTooLowError, BudgetExceededError),
        description="Live keys may unlock it from now on. Brings an archived one back; a second time changes nothing.",
    )
    def post(self, request: Request, game_id: UUID, achievement: UUID | str) -> HttpResponse:
        found = _open(request, game_id, achievement)
        actions.publish_achievement(achievement=found)
        return _response(found)


class ArchiveAchievementView(ApiView):
    """POST /api/v1/manage/games/{game_id}/achievements/{achievement}/archive."""

    access = {"POST": MAKERS}
    tags = ("Management",)
    rate = "write"

    @operation(
        "Archive an achievement",
        responses={200: ManagedAchievementSerializer},
        errors=(RoleTooLowError,),
        description="It can no longer be earned; players who earned it keep it. Its points return to the budget.",
    )
    def post(self, request: Request, game_id: UUID, achievement: UUID | str) -> HttpResponse:
        found = _open(request, game_id, achievement)
        actions.archive_achievement(achievement=found)
        return _response(found)


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


class DocumentParser(StrictJSONParser):
    """Passes on the text of a document; malformed JSON is refused as everywhere."""

    def __init__(self, media_type: str) -> None:
        self.media_type = media_type

    def read(self, body: bytes) -> bytes:
        if self.media_type == StrictJSONParser.media_type:
            super().read(body)
        return body


class DefinitionsView(ApiView):
    """GET, PUT /api/v1/manage/games/{game_id}/definitions."""

    access = {"GET": MAKERS, "PUT": MAKERS}
    tags = ("Management",)
    rate = "write"

    def get_parsers(self) -> list[BaseParser]:
        return [DocumentParser(media_type) for media_type in {item.media_type for item in FORMATS.values()}]

    @operation(
        "Export definitions",
        responses={200: DefinitionsSerializer},
        errors=(RoleTooLowError,),
        description="All achievements in authored order, in Laurel's own format; PUT takes it back.",
    )
    def get(self, request: Request, game_id: UUID) -> HttpResponse:
        game = open_managed_game(require_caller(request), game_id)
        rows = Achievement.objects.filter(game=game).select_related("achievement_set").order_by("position", "id")
        chosen = format_for(request.headers.get("Accept", ""))
        sets = [definition_of_set(row) for row in sets_by_key(game.id).values()]
        text = chosen.write(game.slug, [(definition_of(row), row.state) for row in rows], sets)
        return HttpResponse(text, content_type=chosen.media_type)

    @operation(
        "Import definitions",
        request=DefinitionsSerializer,
        responses={200: ImportResultSerializer},
        parameters=[
            query("dry_run", FLAG, "Only say what would change."),
            query("publish", FLAG, "Publish drafts for which the document names no state."),
        ],
        errors=(RoleTooLowError, ImportRefusedError),
        description="Creates what is new, changes what exists by its key, leaves alone what the document lacks: all "
        "of it or nothing. Sending it again changes nothing, so a build may do it each time. `errors` lists everything "
        "that is wrong.",
    )
    def put(self, request: Request, game_id: UUID) -> HttpResponse:
        game = open_managed_game(require_caller(request), game_id, Ability.EDIT)
        # A request without a body has no document.
        given: object = request.data
        document = read_document(given if isinstance(given, bytes) else b"{}")
        publish = read_flag(request.query_params, "publish")
        if not read_flag(request.query_params, "dry_run"):
            plan = actions.import_achievements(game=game, document=document, publish=publish)
            return json_response(import_result_body(plan, is_applied=True))
        plan = plan_import(game, document, publish=publish)
        if plan.problems:
            raise ImportRefusedError(plan)
        return json_response(import_result_body(plan, is_applied=False))


def _open(request: Request, game_id: UUID, achievement: UUID | str, ability: Ability = Ability.EDIT) -> Achievement:
    """Return an achievement of a game the caller manages. Raises: NotFoundError, RoleTooLowError."""
    return _achievement(open_managed_game(require_caller(request), game_id, ability), achievement)


def _achievement(game: Game, reference: UUID | str) -> Achievement:
    found = named(Achievement.objects.filter(game=game), reference).first()
    if found is None:
        raise NotFoundError
    return found


def _response(achievement: Achievement) -> HttpResponse:
    """Answer with the current achievement. Raises: NotFoundError when it has been deleted."""
    current = Achievement.objects.filter(pk=achievement.pk).select_related("completion", "achievement_set").first()
    if current is None:
        raise NotFoundError
    return json_response(managed_achievement_body(current))
