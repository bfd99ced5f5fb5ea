"""Revoking and restoring, for studios."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from rest_framework import serializers
from rest_framework.request import Request

from apps.core.api.auth.callers import Access, Scope, require_caller
from apps.core.api.openapi.operations import operation
from apps.core.api.views import ApiView
from apps.core.api.wire.cursors import InvalidCursorError, cursor_parameters, page_of, page_serializer
from apps.core.api.wire.fields import IdField
from apps.core.api.wire.inputs import read
from apps.core.api.wire.responses import json_answer
from apps.core.errors import NotFoundError
from apps.core.parsing.values import read_uuid
from apps.games.access import Ability, RoleTooLowError, open_managed_game
from apps.games.models import Achievement, Game, key_rule
from apps.players.models import Player
from apps.unlocks.models import Revocation, RevocationState
from apps.unlocks.revocations import (
    AlreadyRestoredError,
    NothingToRevokeError,
    RevocationUnavailableError,
    RevocationUnderWayError,
    restore_revocation,
    revoke_unlocks,
)

STUDIO = Access(key=Scope.UNLOCKS_REVOKE, session=True, test_keys=False)


class NewRevocationSerializer(serializers.Serializer[Any]):
    """Which unlocks to take back: a player's, an achievement's, or with both the one."""

    player_id = IdField(required=False)
    achievement_id = serializers.CharField(required=False, max_length=60, help_text="A UUID, or the achievement's key.")
    reason = serializers.CharField(max_length=200, help_text="For the audit log.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not {"player_id", "achievement_id"} & attrs.keys():
            raise serializers.ValidationError("Name a player_id, an achievement_id, or both.")
        return attrs


class RevocationSerializer(serializers.Serializer[Any]):
    """A revocation; it stays in the list for ever."""

    id = serializers.UUIDField()
    player_id = serializers.UUIDField(allow_null=True)
    achievement_id = serializers.UUIDField(allow_null=True)
    reason = serializers.CharField()
    state = serializers.ChoiceField(choices=RevocationState.values)
    revoked_by = serializers.CharField(help_text="account:<id> or key:<id>.")
    created_at = serializers.DateTimeField()
    unlock_count = serializers.IntegerField(help_text="Unlocks taken back so far.")
    restored_by = serializers.CharField(allow_null=True)
    restored_at = serializers.DateTimeField(allow_null=True)
    restored_count = serializers.IntegerField()
    kept_count = serializers.IntegerField(help_text="Earned anew before the restoring, and left as they are.")


class RevocationListView(ApiView):
    access = {"GET": STUDIO, "POST": STUDIO}
    tags = ("Management",)
    rate = "write"

    @operation(
        "List revocations",
        answers={200: page_serializer(RevocationSerializer)},
        parameters=cursor_parameters,
        errors=(InvalidCursorError, RoleTooLowError),
        description="Everything that was ever revoked in this game, newest first.",
    )
    def get(self, request: Request, game_id: UUID) -> HttpResponse:
        game = open_managed_game(require_caller(request), game_id)
        rows = Revocation.objects.filter(game=game)
        return json_answer(page_of(request, rows, order=("-id",), rows_body=lambda found: list(map(_body, found))))

    @operation(
        "Revoke unlocks",
        request=NewRevocationSerializer,
        answers={201: RevocationSerializer},
        errors=(NothingToRevokeError, RevocationUnavailableError, RoleTooLowError),
        description="Boards, totals, rarity and statistics follow within seconds. Over 1,000 unlocks are taken back in "
        "the background: look at `state`. The player may earn them again.",
    )
    def post(self, request: Request, game_id: UUID) -> HttpResponse:
        caller = require_caller(request)
        game = open_managed_game(caller, game_id, Ability.EDIT)
        wanted = read(NewRevocationSerializer, request.data)
        revocation = revoke_unlocks(
            game=game,
            player_id=_player_id(wanted.get("player_id")),
            achievement_id=_achievement_id(game, wanted.get("achievement_id")),
            reason=wanted["reason"],
            revoked_by=caller.id,
        )
        return json_answer(_body(revocation), status=201)


class RevocationView(ApiView):
    access = {"GET": STUDIO}
    tags = ("Management",)

    @operation("Get a revocation", answers={200: RevocationSerializer}, errors=(RoleTooLowError,))
    def get(self, request: Request, game_id: UUID, revocation_id: UUID) -> HttpResponse:
        game = open_managed_game(require_caller(request), game_id)
        revocation = Revocation.objects.filter(pk=revocation_id, game=game).first()
        if revocation is None:
            raise NotFoundError
        return json_answer(_body(revocation))


class RestoreView(ApiView):
    access = {"POST": STUDIO}
    tags = ("Management",)
    rate = "write"

    @operation(
        "Restore revoked unlocks",
        answers={200: RevocationSerializer},
        errors=(AlreadyRestoredError, RevocationUnderWayError, RoleTooLowError),
        description="Every unlock comes back with the time and points it had; what was earned anew stays as it is.",
    )
    def post(self, request: Request, game_id: UUID, revocation_id: UUID) -> HttpResponse:
        caller = require_caller(request)
        game = open_managed_game(caller, game_id, Ability.EDIT)
        return json_answer(_body(restore_revocation(revocation_id=revocation_id, game=game, restored_by=caller.id)))


def _player_id(named: UUID | None) -> UUID | None:
    """Return whom a player is now, should they have been merged."""
    merged = Player.objects.filter(pk__in=[named]).values_list("merged_into_id", flat=True).first()
    return merged or named


def _achievement_id(game: Game, named: str | None) -> UUID | None:
    """Return the id of one of the game's achievements. Raises: NothingToRevokeError."""
    if named is None:
        return None
    rows = Achievement.objects.filter(game=game)
    is_key = key_rule.regex.match(named)  # type: ignore[union-attr]
    chosen = rows.filter(key=named) if is_key else rows.filter(pk__in=[read_uuid(named)])
    found = chosen.values_list("id", flat=True).first()
    if found is None:
        raise NothingToRevokeError(pointer="/achievement_id")
    return found


def _body(revocation: Revocation) -> dict[str, Any]:
    return {
        "id": revocation.id,
        "player_id": revocation.player_id,
        "achievement_id": revocation.achievement_id,
        "reason": revocation.reason,
        "state": revocation.state,
        "revoked_by": revocation.revoked_by,
        "created_at": revocation.created_at,
        "unlock_count": revocation.unlock_count,
        "restored_by": revocation.restored_by or None,
        "restored_at": revocation.restored_at,
        "restored_count": revocation.restored_count,
        "kept_count": revocation.kept_count,
    }
