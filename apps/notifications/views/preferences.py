"""Notification settings over HTTP."""

from uuid import UUID

from django.http import HttpResponse
from rest_framework.request import Request

from apps.core.api.auth.callers import PEOPLE, require_caller
from apps.core.api.openapi.operations import operation
from apps.core.api.views import ApiView
from apps.core.api.wire.inputs import read
from apps.core.api.wire.responses import json_response
from apps.notifications import preferences
from apps.notifications.bodies import preferences_body
from apps.notifications.serializers import PreferencesSerializer
from apps.players.errors import PlayerNotFoundError
from apps.players.visibility import own_player_id


class PreferencesView(ApiView):
    """GET, PUT /api/v1/players/me/preferences."""

    access = {"GET": PEOPLE, "PUT": PEOPLE}
    stale_ok = False
    tags = ("Notifications",)
    rate = "write"

    @operation(
        "Get my notification preferences",
        responses={200: PreferencesSerializer},
        errors=(PlayerNotFoundError,),
        description="Every kind and channel of notifications, with your choice.",
    )
    def get(self, request: Request) -> HttpResponse:
        return _preferences_response(own_player_id(require_caller(request)))

    @operation(
        "Set my notification preferences",
        request=PreferencesSerializer,
        responses={200: PreferencesSerializer},
        errors=(PlayerNotFoundError,),
        description="Settings left out stay as they are. `none` turns a kind off.",
    )
    def put(self, request: Request) -> HttpResponse:
        player_id = own_player_id(require_caller(request))
        preferences.choose(player_id=player_id, choices=read(PreferencesSerializer, request.data)["preferences"])
        return _preferences_response(player_id)


def _preferences_response(player_id: UUID) -> HttpResponse:
    return json_response(preferences_body(preferences.preferences_of(player_id)))
