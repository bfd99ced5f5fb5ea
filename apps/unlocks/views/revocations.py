"""Revocation and restoration over HTTP, for studios."""

from uuid import UUID

from django.http import HttpResponse
from rest_framework.request import Request

from apps.core.api.auth.callers import Access, Scope, require_caller
from apps.core.api.openapi.operations import operation
from apps.core.api.views import ApiView
from apps.core.api.wire.cursors import InvalidCursorError, cursor_parameters, page_of, page_serializer
from apps.core.api.wire.inputs import read
from apps.core.api.wire.responses import json_response
from apps.core.errors import NotFoundError
from apps.games.access import Ability, RoleTooLowError, open_managed_game
from apps.players.queries import id_now
from apps.unlocks.bodies import revocation_body
from apps.unlocks.errors import GameWithoutModesError
from apps.unlocks.models import Revocation
from apps.unlocks.revocations import (
    AlreadyRestoredError,
    NothingToRevokeError,
    RevocationUnavailableError,
    RevocationUnderWayError,
    UnlocksRevokedError,
    achievement_named,
    restore_revocation,
    revoke_unlocks,
)
from apps.unlocks.serializers import NewRevocationSerializer, RevocationSerializer

STUDIO = Access(key=Scope.UNLOCKS_REVOKE, session=True, test_keys=False)


class RevocationListView(ApiView):
    access = {"GET": STUDIO, "POST": STUDIO}
    stale_ok = False
    tags = ("Management",)
    rate = "write"

    @operation(
        "List revocations",
        responses={200: page_serializer(RevocationSerializer)},
        parameters=cursor_parameters,
        errors=(InvalidCursorError, RoleTooLowError),
        description="Everything that was ever revoked in this game, newest first.",
    )
    def get(self, request: Request, game_id: UUID) -> HttpResponse:
        game = open_managed_game(require_caller(request), game_id)
        rows = Revocation.objects.filter(game=game)
        return json_response(
            page_of(request, rows, order=("-id",), rows_body=lambda found: list(map(revocation_body, found)))
        )

    @operation(
        "Revoke unlocks",
        request=NewRevocationSerializer,
        responses={201: RevocationSerializer},
        errors=(GameWithoutModesError, NothingToRevokeError, RevocationUnavailableError, RoleTooLowError),
        description="Boards, totals, rarity and statistics follow within seconds. Over 1,000 unlocks are taken back in "
        "the background: look at `state`. The player may earn them again.",
    )
    def post(self, request: Request, game_id: UUID) -> HttpResponse:
        caller = require_caller(request)
        game = open_managed_game(caller, game_id, Ability.EDIT)
        wanted = read(NewRevocationSerializer, request.data)
        player_id = wanted.get("player_id")
        revocation = revoke_unlocks(
            game=game,
            player_id=id_now(player_id) if player_id else None,
            achievement_id=achievement_named(game, wanted.get("achievement_id")),
            is_hardcore_only=wanted.get("hardcore_only", False),
            reason=wanted["reason"],
            revoked_by=caller.id,
        )
        return json_response(revocation_body(revocation), status=201)


class RevocationView(ApiView):
    access = {"GET": STUDIO}
    stale_ok = False
    tags = ("Management",)

    @operation("Get a revocation", responses={200: RevocationSerializer}, errors=(RoleTooLowError,))
    def get(self, request: Request, game_id: UUID, revocation_id: UUID) -> HttpResponse:
        game = open_managed_game(require_caller(request), game_id)
        revocation = Revocation.objects.filter(pk=revocation_id, game=game).first()
        if revocation is None:
            raise NotFoundError
        return json_response(revocation_body(revocation))


class RestoreView(ApiView):
    access = {"POST": STUDIO}
    tags = ("Management",)
    rate = "write"

    @operation(
        "Restore revoked unlocks",
        responses={200: RevocationSerializer},
        errors=(
            AlreadyRestoredError,
            GameWithoutModesError,
            RevocationUnavailableError,
            RevocationUnderWayError,
            RoleTooLowError,
            UnlocksRevokedError,
        ),
        description="Every unlock returns with its time, points and hardcore mode. Achievements earned again since "
        "stay unchanged, or get their mode back alone; of players linked since, the earlier time stays. With "
        "`hardcore_only` modes return to unlocks that are there: if none is, `unlocks_revoked` says to restore those "
        "first; where some are not, it stays `revoked`, and can be restored again.",
    )
    def post(self, request: Request, game_id: UUID, revocation_id: UUID) -> HttpResponse:
        caller = require_caller(request)
        game = open_managed_game(caller, game_id, Ability.EDIT)
        return json_response(
            revocation_body(restore_revocation(revocation_id=revocation_id, game=game, restored_by=caller.id))
        )
