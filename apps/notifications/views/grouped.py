"""What gathered notifications stand for, over HTTP."""

from typing import Any

from django.http import HttpResponse
from rest_framework import serializers
from rest_framework.request import Request

from apps.core.api.auth.callers import require_caller
from apps.core.api.openapi.operations import operation
from apps.core.api.views import ApiView
from apps.core.api.wire.responses import json_answer
from apps.notifications.inbox.grouped import NotificationNotFoundError, gathered_of, in_words
from apps.notifications.views.callers import MINE, own_player_id
from apps.players.errors import PlayerNotFoundError


class FriendSerializer(serializers.Serializer[Any]):
    """Who earned it."""

    id = serializers.UUIDField()
    handle = serializers.CharField()
    display_name = serializers.CharField()
    avatar_url = serializers.CharField(allow_null=True)


class ToldAchievementSerializer(serializers.Serializer[Any]):
    """What was earned; a hidden one is in words only for who has earned it, too."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    icon_url = serializers.CharField(allow_null=True)


class ToldGameSerializer(serializers.Serializer[Any]):
    """Where."""

    id = serializers.UUIDField()
    slug = serializers.CharField()
    name = serializers.CharField()


class FriendsUnlockSerializer(serializers.Serializer[Any]):
    """An unlock of a friend."""

    player = FriendSerializer()
    achievement = ToldAchievementSerializer()
    game = ToldGameSerializer()
    tier = serializers.CharField(allow_null=True, help_text="Null below 20 players.")
    unlocked_at = serializers.DateTimeField()


class FriendsUnlocksSerializer(serializers.Serializer[Any]):
    """Up to 500, in the order in which they were gathered."""

    results = FriendsUnlockSerializer(many=True)


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
        return json_answer({"results": in_words(player_id, gathered.unlocks)})
