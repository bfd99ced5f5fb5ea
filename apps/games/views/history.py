"""The history of a game's definitions over HTTP, and earlier versions restored from it."""

from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponse
from rest_framework.request import Request

from apps.core.api.auth.callers import require_caller
from apps.core.api.openapi.operations import operation
from apps.core.api.views import ApiView
from apps.core.api.wire.conditional import IF_MATCH, if_match
from apps.core.api.wire.cursors import InvalidCursorError, cursor_parameters, page_of
from apps.core.api.wire.responses import json_response
from apps.games import actions
from apps.games.access import Ability, RoleTooLowError, open_managed_game
from apps.games.bodies import history_entry_body
from apps.games.definitions.budget import BudgetExceededError, ChangedMeanwhileError
from apps.games.models import HistoryEntry
from apps.games.serializers.drafts import HistoryEntryPageSerializer, ManagedAchievementSerializer
from apps.games.views.achievements import achievement_response, open_achievement
from apps.games.views.games import MAKERS


class GameHistoryView(ApiView):
    """GET /api/v1/manage/games/{game_id}/history."""

    access = {"GET": MAKERS}
    stale_ok = False
    tags = ("Management",)
    rate = "write"

    @operation(
        "History of a game's definitions",
        responses={200: HistoryEntryPageSerializer},
        parameters=cursor_parameters,
        errors=(InvalidCursorError, RoleTooLowError),
        description="Who did what to which achievement, newest first.",
    )
    def get(self, request: Request, game_id: UUID) -> HttpResponse:
        game = open_managed_game(require_caller(request), game_id)
        return _page(request, HistoryEntry.objects.filter(game=game))


class AchievementHistoryView(ApiView):
    """GET /api/v1/manage/games/{game_id}/achievements/{achievement}/history."""

    access = {"GET": MAKERS}
    stale_ok = False
    tags = ("Management",)
    rate = "write"

    @operation(
        "History of an achievement",
        responses={200: HistoryEntryPageSerializer},
        parameters=cursor_parameters,
        errors=(InvalidCursorError, RoleTooLowError),
        description="Who did what to its definition, newest first. An entry with a `definition` can be restored.",
    )
    def get(self, request: Request, game_id: UUID, achievement: UUID | str) -> HttpResponse:
        found = open_achievement(request, game_id, achievement, Ability.VIEW)
        return _page(request, HistoryEntry.objects.filter(achievement=found))


class RestoreVersionView(ApiView):
    """POST /api/v1/manage/games/{game_id}/achievements/{achievement}/history/{entry_id}/restore."""

    access = {"POST": MAKERS}
    tags = ("Management",)
    rate = "write"

    @operation(
        "Restore an earlier version",
        responses={200: ManagedAchievementSerializer},
        parameters=[IF_MATCH],
        errors=(RoleTooLowError, BudgetExceededError, ChangedMeanwhileError),
        description="Into the draft: players see it once it is published. What is fixed once published, and a set that "
        "is gone, stay as they are.",
    )
    def post(self, request: Request, game_id: UUID, achievement: UUID | str, entry_id: UUID) -> HttpResponse:
        found, caller = open_achievement(request, game_id, achievement), require_caller(request)
        actions.restore_version(achievement=found, entry_id=entry_id, by=caller.id, expected=if_match(request))
        return achievement_response(found)


def _page(request: Request, rows: QuerySet[HistoryEntry]) -> HttpResponse:
    page = page_of(request, rows, order=("-id",), rows_body=lambda found: list(map(history_entry_body, found)))
    return json_response(page)
