"""Imports of a game's past, for studios."""

from uuid import UUID

from django.http import HttpResponse
from rest_framework.request import Request

from apps.core.api.auth.callers import Access, Scope, require_caller
from apps.core.api.openapi.operations import operation
from apps.core.api.views import ApiView
from apps.core.api.wire.cursors import InvalidCursorError, cursor_parameters, page_of, page_serializer
from apps.core.api.wire.inputs import read
from apps.core.api.wire.parsers import StrictJSONParser
from apps.core.api.wire.responses import json_response
from apps.core.errors import NotFoundError
from apps.games.access import Ability, RoleTooLowError, open_managed_game
from apps.unlocks.bodies import import_outcome_body, unlock_import_body
from apps.unlocks.errors import GameNotPublishedError
from apps.unlocks.imports.runs import (
    ImportBusyError,
    ImportCountDiffersError,
    ImportEndedError,
    begin_import,
    finish_import,
    import_unlocks,
)
from apps.unlocks.models import UnlockImport
from apps.unlocks.parsing import BatchTooLargeError, read_batch, read_past_unlock
from apps.unlocks.views import import_serializers as serializers
from apps.unlocks.views.batch_results import results_of

STUDIO = Access(key=Scope.IMPORT, session=True, test_keys=False)


class ImportListView(ApiView):
    access = {"GET": STUDIO, "POST": STUDIO}
    parser_classes = (StrictJSONParser,)
    stale_ok = False
    tags = ("Management",)
    rate = "write"

    @operation(
        "List imports of unlocks",
        responses={200: page_serializer(serializers.UnlockImportSerializer)},
        parameters=cursor_parameters,
        errors=(InvalidCursorError, RoleTooLowError),
        description="Newest first.",
    )
    def get(self, request: Request, game_id: UUID) -> HttpResponse:
        game = open_managed_game(require_caller(request), game_id)
        rows = UnlockImport.objects.filter(game=game)
        page = page_of(request, rows, order=("-id",), rows_body=lambda found: list(map(unlock_import_body, found)))
        return json_response(page)

    @operation(
        "Begin an import of unlocks",
        request=serializers.NewUnlockImportSerializer,
        responses={201: serializers.UnlockImportSerializer},
        errors=(GameNotPublishedError, RoleTooLowError),
        description="Brings what players earned before the game was here, with its own times and without any "
        "notification or webhook. Send the unlocks, then finish it.",
    )
    def post(self, request: Request, game_id: UUID) -> HttpResponse:
        caller = require_caller(request)
        game = open_managed_game(caller, game_id, Ability.EDIT)
        wanted = read(serializers.NewUnlockImportSerializer, request.data)
        found = begin_import(
            game=game,
            expected_count=wanted["expected_count"],
            name=wanted.get("name", ""),
            created_by=caller.id,
        )
        return json_response(unlock_import_body(found), status=201)


class ImportView(ApiView):
    access = {"GET": STUDIO}
    stale_ok = False
    tags = ("Management",)

    @operation(
        "Get an import of unlocks", responses={200: serializers.UnlockImportSerializer}, errors=(RoleTooLowError,)
    )
    def get(self, request: Request, game_id: UUID, import_id: UUID) -> HttpResponse:
        game = open_managed_game(require_caller(request), game_id)
        found = UnlockImport.objects.filter(pk=import_id, game=game).first()
        if found is None:
            raise NotFoundError
        return json_response(unlock_import_body(found))


class ImportedUnlocksView(ApiView):
    access = {"POST": STUDIO}
    parser_classes = (StrictJSONParser,)
    tags = ("Management",)
    rate = "write"

    @operation(
        "Send unlocks of an import",
        request=serializers.PastUnlocksSerializer,
        responses={200: serializers.PastUnlockResultsSerializer},
        errors=(BatchTooLargeError, ImportBusyError, ImportEndedError, GameNotPublishedError, RoleTooLowError),
        description="Up to 1,000, one result each in the order sent; a bad one fails alone. Sent again, they change "
        "nothing. One request at a time is carried out: 429 `import_busy` says when to send yours again.",
        examples=[serializers.PAST_EXAMPLE],
    )
    def post(self, request: Request, game_id: UUID, import_id: UUID) -> HttpResponse:
        game = open_managed_game(require_caller(request), game_id, Ability.EDIT)
        results = results_of(
            read_batch(request.data, member="unlocks"),
            read=read_past_unlock,
            record=lambda unlocks: import_unlocks(import_id=import_id, game=game, unlocks=unlocks),
            body=import_outcome_body,
        )
        return json_response({"results": results})


class FinishImportView(ApiView):
    access = {"POST": STUDIO}
    tags = ("Management",)
    rate = "write"

    @operation(
        "Finish an import of unlocks",
        responses={200: serializers.UnlockImportSerializer},
        errors=(ImportCountDiffersError, ImportEndedError, RoleTooLowError),
        description="Checks that it brought as many as were expected; while it did not, it stays open. Finishing it "
        "again changes nothing.",
    )
    def post(self, request: Request, game_id: UUID, import_id: UUID) -> HttpResponse:
        game = open_managed_game(require_caller(request), game_id, Ability.EDIT)
        return json_response(unlock_import_body(finish_import(import_id=import_id, game=game)))
