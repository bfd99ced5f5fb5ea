"""The items of grouped notifications, over HTTP."""

from django.http import HttpResponse
from rest_framework.request import Request

from apps.core.api.auth.callers import PLAYERS, require_caller
from apps.core.api.openapi.operations import operation
from apps.core.api.views import ApiView
from apps.core.api.wire.responses import json_response
from apps.notifications.bodies import friends_unlock_body
from apps.notifications.inbox.grouped import NotificationNotFoundError, grouped_notification, named_unlocks
from apps.notifications.serializers import FriendsUnlocksSerializer
from apps.players.errors import PlayerNotFoundError
from apps.players.visibility import own_player_id


class NotificationUnlocksView(ApiView):
    """GET /api/v1/players/me/notifications/{seq}/unlocks"""

    access = {"GET": PLAYERS}
    stale_ok = False
    tags = ("Notifications",)

    @operation(
        "List the unlocks of a notification",
        responses={200: FriendsUnlocksSerializer},
        errors=(PlayerNotFoundError, NotificationNotFoundError),
        description="All unlocks behind a grouped notification of friends' unlocks, with current names. Players who "
        "may no longer be seen are left out. A token's client can read notifications of its own game only.",
    )
    def get(self, request: Request, seq: int) -> HttpResponse:
        caller = require_caller(request)
        player_id = own_player_id(caller)
        grouped = grouped_notification(player_id, seq, game_id=caller.game_id if caller.kind == "token" else None)
        found = named_unlocks(player_id, grouped.unlocks)
        return json_response({"results": [friends_unlock_body(item) for item in found]})
