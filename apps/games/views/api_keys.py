"""A game's API keys over HTTP, for logged-in people: a key can't create keys."""

from uuid import UUID

from django.http import HttpResponse
from rest_framework.request import Request

from apps.core.api.auth.callers import PEOPLE, require_caller
from apps.core.api.openapi.operations import operation
from apps.core.api.views import ApiView
from apps.core.api.wire.cursors import InvalidCursorError, cursor_parameters, page_of
from apps.core.api.wire.inputs import read
from apps.core.api.wire.responses import json_response
from apps.games.access import Ability, RoleTooLowError, open_api_key, open_managed_game
from apps.games.actions import create_api_key, revoke_api_key
from apps.games.actions.api_keys import TooManyKeysError
from apps.games.bodies import api_key_body
from apps.games.models import ApiKey
from apps.games.serializers import ApiKeyPageSerializer, ApiKeySerializer, IssuedApiKeySerializer, NewApiKeySerializer
from apps.players.models import Account


class ApiKeysView(ApiView):
    """GET, POST /api/v1/manage/games/{game_id}/keys."""

    access = {"GET": PEOPLE, "POST": PEOPLE}
    stale_ok = False
    tags = ("Management",)
    rate = "write"

    @operation(
        "List API keys",
        responses={200: ApiKeyPageSerializer},
        parameters=cursor_parameters,
        errors=(InvalidCursorError, RoleTooLowError),
        description="Newest first, revoked ones too. Secrets are not stored, so none is shown.",
    )
    def get(self, request: Request, game_id: UUID) -> HttpResponse:
        game = open_managed_game(require_caller(request), game_id)
        rows = ApiKey.objects.filter(game=game)
        return json_response(
            page_of(request, rows, order=("-id",), rows_body=lambda found: list(map(api_key_body, found)))
        )

    @operation(
        "Create an API key",
        request=NewApiKeySerializer,
        responses={201: IssuedApiKeySerializer},
        errors=(RoleTooLowError, TooManyKeysError),
        description="The response contains the secret, which is not shown again; a publishable key is no secret, and "
        "listed. Owners and admins of the studio create keys.",
    )
    def post(self, request: Request, game_id: UUID) -> HttpResponse:
        caller = require_caller(request)
        game = open_managed_game(caller, game_id, Ability.MANAGE_KEYS)
        members = read(NewApiKeySerializer, request.data)
        issued = create_api_key(game=game, created_by=Account(pk=caller.account_id), **members)
        return json_response(api_key_body(issued.key) | {"token": issued.token}, status=201)


class RevokeApiKeyView(ApiView):
    """POST /api/v1/manage/games/{game_id}/keys/{key_id}/revoke."""

    access = {"POST": PEOPLE}
    tags = ("Management",)
    rate = "write"

    @operation(
        "Revoke an API key",
        responses={200: ApiKeySerializer},
        errors=(RoleTooLowError,),
        description="For ever; within five seconds every server refuses it. A second time changes nothing.",
    )
    def post(self, request: Request, game_id: UUID, key_id: UUID) -> HttpResponse:
        game = open_managed_game(require_caller(request), game_id, Ability.MANAGE_KEYS)
        return json_response(api_key_body(revoke_api_key(key=open_api_key(game, key_id))))
