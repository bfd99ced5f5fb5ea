"""A game's definitions as one document over HTTP."""

from uuid import UUID

from django.http import HttpResponse
from rest_framework.parsers import BaseParser
from rest_framework.request import Request

from apps.core.api.auth.callers import require_caller
from apps.core.api.openapi.operations import operation
from apps.core.api.views import ApiView
from apps.core.api.wire.parsers import StrictJSONParser
from apps.core.api.wire.query_parameters import query
from apps.core.api.wire.responses import json_response
from apps.games import actions
from apps.games.access import Ability, RoleTooLowError, open_managed_game
from apps.games.actions.imports import ImportRefusedError
from apps.games.bodies import import_result_body
from apps.games.definitions.content import drafted_content, with_drafts
from apps.games.definitions.sets import definition_of_set, sets_by_key
from apps.games.formats import FORMATS, format_for, read_document
from apps.games.import_preview import plan_import
from apps.games.models import Achievement
from apps.games.parsing import read_flag
from apps.games.serializers import DefinitionsSerializer, ImportResultSerializer
from apps.games.views.games import MAKERS

FLAG = {"type": "string", "enum": ["true", "false"], "default": "false"}


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
    stale_ok = False
    tags = ("Management",)
    rate = "write"

    def get_parsers(self) -> list[BaseParser]:
        return [DocumentParser(media_type) for media_type in {item.media_type for item in FORMATS.values()}]

    @operation(
        "Export definitions",
        responses={200: DefinitionsSerializer},
        errors=(RoleTooLowError,),
        description="All achievements in authored order, as drafted, in Laurel's own format; PUT takes it back.",
    )
    def get(self, request: Request, game_id: UUID) -> HttpResponse:
        game = open_managed_game(require_caller(request), game_id)
        rows = with_drafts(Achievement.objects.filter(game=game)).order_by("position", "id")
        chosen = format_for(request.headers.get("Accept", ""))
        sets = [definition_of_set(row) for row in sets_by_key(game.id).values()]
        text = chosen.write(game.slug, [(drafted_content(row).definition, row.state) for row in rows], sets)
        return HttpResponse(text, content_type=chosen.media_type)

    @operation(
        "Import definitions",
        request=DefinitionsSerializer,
        responses={200: ImportResultSerializer},
        parameters=[
            query("dry_run", FLAG, "Only say what would change."),
            query(
                "publish",
                FLAG,
                "Make what the document says live at once; drafts for which it names no state are published.",
            ),
        ],
        errors=(RoleTooLowError, ImportRefusedError),
        description="Creates what is new, changes the drafts of what exists by its key, leaves alone what the document "
        "lacks: all of it or nothing. Sets and states change at once, and a state that becomes published takes its "
        "draft along. Sending it again changes nothing, so a build may do it each time. `errors` lists everything "
        "that is wrong.",
    )
    def put(self, request: Request, game_id: UUID) -> HttpResponse:
        caller = require_caller(request)
        game = open_managed_game(caller, game_id, Ability.EDIT)
        # A request without a body has no document.
        given: object = request.data
        document = read_document(given if isinstance(given, bytes) else b"{}")
        publish = read_flag(request.query_params, "publish")
        if not read_flag(request.query_params, "dry_run"):
            plan = actions.import_achievements(game=game, document=document, publish=publish, by=caller.id)
            return json_response(import_result_body(plan, is_applied=True))
        plan = plan_import(game, document, publish=publish)
        if plan.problems:
            raise ImportRefusedError(plan)
        return json_response(import_result_body(plan, is_applied=False))
