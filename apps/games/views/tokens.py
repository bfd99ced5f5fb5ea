"""Player tokens that people mint for themselves."""

from typing import Any

from django.http import HttpResponse
from rest_framework import serializers
from rest_framework.request import Request

from apps.core.api.answers import json_answer
from apps.core.api.callers import Access, require_caller
from apps.core.api.fields import IdField
from apps.core.api.inputs import read
from apps.core.api.openapi import operation
from apps.core.api.tokens import PlayerToken, issue_token
from apps.core.api.views import ApiView
from apps.games.queries import GameNotFoundError, shown_game
from apps.players.errors import PlayerNotFoundError
from apps.players.serializers import PlayerTokenSerializer
from apps.players.views.players import own_player


class OwnTokenSerializer(serializers.Serializer[Any]):
    """Which game the token is for."""

    game_id = IdField()


class OwnTokenView(ApiView):
    """POST /api/v1/players/me/tokens."""

    access = {"POST": Access(session=True)}
    tags = ("Players",)
    rate = "write"

    @operation(
        "Mint my own token",
        request=OwnTokenSerializer,
        answers={201: PlayerTokenSerializer},
        errors=(PlayerNotFoundError, GameNotFoundError),
        description="For a game client that runs where its player is logged in, such as a page. It acts for the player "
        "in this game alone, for an hour, and may set only what the game lets clients set.",
    )
    def post(self, request: Request) -> HttpResponse:
        player = own_player(request)
        game = shown_game(read(OwnTokenSerializer, request.data)["game_id"], require_caller(request))
        text, seconds = issue_token(PlayerToken(player.id, game.id, False, None))
        body = {"token": text, "expires_in": seconds, "player_id": player.id, "game_id": game.id}
        answer = json_answer(body, status=201)
        answer.is_secret = True  # type: ignore[attr-defined]
        return answer
