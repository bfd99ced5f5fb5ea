"""Announcements over HTTP, for studios."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from rest_framework import serializers
from rest_framework.request import Request

from apps.core.api.auth.callers import Access, Scope, require_caller
from apps.core.api.openapi.operations import operation
from apps.core.api.views import ApiView
from apps.core.api.wire.cursors import InvalidCursorError, cursor_parameters, page_of, page_serializer
from apps.core.api.wire.fields import NameField
from apps.core.api.wire.inputs import read
from apps.core.api.wire.responses import json_answer
from apps.games.access import Ability, RoleTooLowError, open_managed_game
from apps.notifications.announcements.actions import (
    AlreadyAnnouncedError,
    AnnouncedGameNotPublishedError,
    TooManyAnnouncementsError,
    send_announcement,
    withdraw_announcement,
)
from apps.notifications.models import Announcement, AnnouncementState
from apps.notifications.models.announcements import LINK_LENGTH_MAX, TEXT_LENGTH_MAX, TITLE_LENGTH_MAX

ANNOUNCERS = Access(key=Scope.ANNOUNCEMENTS_WRITE, session=True, test_keys=False)


class NewAnnouncementSerializer(serializers.Serializer[Any]):
    """What to tell the players."""

    title = NameField(max_length=TITLE_LENGTH_MAX)
    text = serializers.CharField(max_length=TEXT_LENGTH_MAX, help_text="Plain; lines may break.")
    link = serializers.CharField(
        max_length=LINK_LENGTH_MAX, required=False, allow_blank=True, help_text="Where to read on, with https."
    )


class AnnouncementSerializer(serializers.Serializer[Any]):
    """An announcement; it stays in the list for ever."""

    id = serializers.UUIDField()
    title = serializers.CharField()
    text = serializers.CharField()
    link = serializers.CharField(allow_null=True)
    state = serializers.ChoiceField(choices=AnnouncementState.values)
    audience_count = serializers.IntegerField(help_text="Players of the game.")
    passed_count = serializers.IntegerField(help_text="Of them, those whom it has come to so far.")
    told_count = serializers.IntegerField(help_text="Of these, those who have not turned announcements off.")
    created_by = serializers.CharField(help_text="account:<id> or key:<id>.")
    created_at = serializers.DateTimeField()
    withdrawn_by = serializers.CharField(allow_null=True)
    withdrawn_at = serializers.DateTimeField(allow_null=True)


AnnouncementPageSerializer = page_serializer(AnnouncementSerializer)


class AnnouncementsView(ApiView):
    """GET, POST /api/v1/manage/games/{game_id}/announcements."""

    access = {"GET": ANNOUNCERS, "POST": ANNOUNCERS}
    tags = ("Management",)
    rate = "write"
    is_idempotent = True

    @operation(
        "List announcements",
        answers={200: AnnouncementPageSerializer},
        parameters=cursor_parameters,
        errors=(InvalidCursorError, RoleTooLowError),
        description="Newest first, withdrawn ones too, each with how many players have been told.",
    )
    def get(self, request: Request, game_id: UUID) -> HttpResponse:
        rows = Announcement.objects.filter(game=open_managed_game(require_caller(request), game_id))
        return json_answer(page_of(request, rows, order=("-id",), rows_body=lambda found: list(map(_body, found))))

    @operation(
        "Send an announcement",
        request=NewAnnouncementSerializer,
        answers={201: AnnouncementSerializer},
        errors=(RoleTooLowError, AnnouncedGameNotPublishedError, AlreadyAnnouncedError, TooManyAnnouncementsError),
        description="Tells everyone who has earned something in the game, within seconds or, of a large game, minutes. "
        "It can't be changed afterwards. At most three a game in 24 hours, withdrawn ones included.",
    )
    def post(self, request: Request, game_id: UUID) -> HttpResponse:
        caller = require_caller(request)
        game = open_managed_game(caller, game_id, Ability.EDIT)
        words = read(NewAnnouncementSerializer, request.data)
        return json_answer(_body(send_announcement(game=game, created_by=caller.id, **words)), status=201)


class WithdrawAnnouncementView(ApiView):
    """POST /api/v1/manage/games/{game_id}/announcements/{announcement_id}/withdraw."""

    access = {"POST": ANNOUNCERS}
    tags = ("Management",)
    rate = "write"

    @operation(
        "Withdraw an announcement",
        answers={200: AnnouncementSerializer},
        errors=(RoleTooLowError,),
        description="Nobody else is told, and the game's page no longer shows it; who was told keeps it. "
        "A second time changes nothing.",
    )
    def post(self, request: Request, game_id: UUID, announcement_id: UUID) -> HttpResponse:
        caller = require_caller(request)
        game = open_managed_game(caller, game_id, Ability.EDIT)
        found = withdraw_announcement(game=game, announcement_id=announcement_id, withdrawn_by=caller.id)
        return json_answer(_body(found))


def _body(row: Announcement) -> dict[str, Any]:
    return {
        "id": row.id,
        "title": row.title,
        "text": row.text,
        "link": row.link or None,
        "state": row.state.value,
        "audience_count": row.audience_count,
        "passed_count": row.passed_count,
        "told_count": row.told_count,
        "created_by": row.created_by,
        "created_at": row.created_at,
        "withdrawn_by": row.withdrawn_by or None,
        "withdrawn_at": row.withdrawn_at,
    }
