"""Player tokens that game servers create for their game's players."""

from uuid import UUID

from django.http import HttpResponse
from rest_framework.request import Request

from apps.core.api.auth.callers import Access, Scope, require_caller
from apps.core.api.openapi.operations import operation
from apps.core.api.views import ApiView
from apps.core.api.wire.responses import SecretResponse
from apps.players.bodies import player_token_body
from apps.players.errors import AccountDeactivatedError, PlayerNotInGameError
from apps.players.serializers import PlayerTokenSerializer
from apps.players.tokens import PlayerToken, issue_token
from apps.players.visibility import game_of, player_in_game


class PlayerTokenView(ApiView):
    access = {"POST": Access(key=Scope.PLAYERS_WRITE)}
    tags = ("Players",)
    rate = "write"

    @operation(
        "Create a player token",
        id_="mint_a_player_token",
        responses={201: PlayerTokenSerializer},
        errors=(PlayerNotInGameError, AccountDeactivatedError),
        description="What a game client carries: it acts for this player in this key's game alone, for an hour, and "
        "ends with the key, or its player's account. Only for players whom the game knows by an external id; "
        "`player_id` is whom they were merged into, where they were.",
    )
    def post(self, request: Request, player_id: UUID) -> HttpResponse:
        caller = require_caller(request)
        player = player_in_game(caller, player_id)
        key_id = UUID(caller.id.removeprefix("key:"))
        text, seconds = issue_token(PlayerToken(player.id, game_of(caller), caller.is_test, key_id))
        body = player_token_body(text, expires_in=seconds, player_id=player.id, game_id=caller.game_id)
        return SecretResponse(body, status=201)
