"""Announcements over HTTP, for studios."""

from uuid import UUID

from django.http import HttpResponse
from rest_framework.request import Request

from apps.core.api.auth.callers import Access, Scope, require_caller
from apps.core.api.openapi.operations import operation
from apps.core.api.views import ApiView
from apps.core.api.wire.cursors import InvalidCursorError, cursor_parameters, page_of
from apps.core.api.wire.inputs import read
from apps.core.api.wire.responses import json_response
from apps.games.access import Ability, RoleTooLowError, open_managed_game
from apps.notifications.announcements.actions import (
    AlreadyAnnouncedError,
    AnnouncedGameNotPublishedError,
    TooManyAnnouncementsError,
    send_announcement,
    withdraw_announcement,
)
from apps.notifications.bodies import announcement_body
from apps.notifications.models import Announcement
from apps.notifications.serializers import AnnouncementPageSerializer, AnnouncementSerializer, NewAnnouncementSerializer

ANNOUNCERS = Access(key=Scope.ANNOUNCEMENTS_WRITE, session=True, test_keys=False)


class AnnouncementsView(ApiView):
    """GET, POST /api/v1/manage/games/{game_id}/announcements."""

    access = {"GET": ANNOUNCERS, "POST": ANNOUNCERS}
    stale_ok = False
    tags = ("Management",)
    rate = "write"
    is_idempotent = True

    @operation(
        "List announcements",
        responses={200: AnnouncementPageSerializer},
        parameters=cursor_parameters,
        errors=(InvalidCursorError, RoleTooLowError),
        description="Newest first, withdrawn ones included, each with the number of players notified.",
    )
    def get(self, request: Request, game_id: UUID) -> HttpResponse:
        rows = Announcement.objects.filter(game=open_managed_game(require_caller(request), game_id))
        return json_response(
            page_of(request, rows, order=("-id",), rows_body=lambda found: list(map(announcement_body, found)))
        )

    @operation(
        "Send an announcement",
        request=NewAnnouncementSerializer,
        responses={201: AnnouncementSerializer},
        errors=(RoleTooLowError, AnnouncedGameNotPublishedError, AlreadyAnnouncedError, TooManyAnnouncementsError),
        description="Notifies everyone who has earned something in the game, within seconds, or minutes for a large "
        "game. It can't be changed afterwards. At most three a game in 24 hours, withdrawn ones included.",
    )
    def post(self, request: Request, game_id: UUID) -> HttpResponse:
        caller = require_caller(request)
        game = open_managed_game(caller, game_id, Ability.EDIT)
        words = read(NewAnnouncementSerializer, request.data)
        return json_response(announcement_body(send_announcement(game=game, created_by=caller.id, **words)), status=201)


class WithdrawAnnouncementView(ApiView):
    """POST /api/v1/manage/games/{game_id}/announcements/{announcement_id}/withdraw."""

    access = {"POST": ANNOUNCERS}
    tags = ("Management",)
    rate = "write"

    @operation(
        "Withdraw an announcement",
        responses={200: AnnouncementSerializer},
        errors=(RoleTooLowError,),
        description="No one else is notified, and the game's page no longer shows it. Players already notified keep "
        "it. A second time changes nothing.",
    )
    def post(self, request: Request, game_id: UUID, announcement_id: UUID) -> HttpResponse:
        caller = require_caller(request)
        game = open_managed_game(caller, game_id, Ability.EDIT)
        found = withdraw_announcement(game=game, announcement_id=announcement_id, withdrawn_by=caller.id)
        return json_response(announcement_body(found))
