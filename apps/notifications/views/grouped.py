"""The items of grouped notifications, over HTTP."""

from django.http import HttpResponse
from rest_framework.request import Request

from apps.core.api.auth.callers import require_caller
from apps.core.api.openapi.operations import operation
from apps.core.api.views import ApiView
from apps.core.api.wire.responses import json_answer
from apps.notifications.bodies import friends_unlock_body
from apps.notifications.inbox.grouped import NotificationNotFoundError, gathered_of, named_unlocks
from apps.notifications.serializers import FriendsUnlocksSerializer
from apps.notifications.views.callers import MINE, own_player_id
from apps.players.errors import PlayerNotFoundError


class NotificationUnlocksView(ApiView):
    """GET /api/v1/players/me/notifications/{seq}/unlocks"""

    access = {"GET": MINE}
    tags = ("Notifications",)

    @operation(
        "List the unlocks of a notification",
        answers={200: FriendsUnlocksSerializer},
        errors=(PlayerNotFoundError, NotificationNotFoundError),
        description="All that a notification of friends' unlocks stands for, with the names of now. Players who may "
        "not be seen any more are left out. A token's client is answered for notifications of its own game alone.",
    )
    def get(self, request: Request, seq: int) -> HttpResponse:
        caller = require_caller(request)
        player_id = own_player_id(caller)
        gathered = gathered_of(player_id, seq, game_id=caller.game_id if caller.kind == "token" else None)
        found = named_unlocks(player_id, gathered.unlocks)
        return json_answer({"results": [friends_unlock_body(item) for item in found]})
