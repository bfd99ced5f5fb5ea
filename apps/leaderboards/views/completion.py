"""Completion of a game over HTTP."""

from uuid import UUID

from django.http import HttpResponse
from rest_framework.request import Request

from apps.core.api.auth.callers import PUBLIC_LIVE, NotAuthenticatedError, caller_of
from apps.core.api.openapi.operations import operation
from apps.core.api.views import ApiView
from apps.core.api.wire.responses import json_response
from apps.games.queries import GameNotFoundError
from apps.leaderboards.bodies import completion_body
from apps.leaderboards.serializers import CompletionSerializer
from apps.leaderboards.standings.completion import completion_by_set
from apps.leaderboards.standings.crowns import crowns_of
from apps.players.errors import PlayerNotFoundError
from apps.players.visibility import seen_player
from apps.unlocks.queries import readable_game


class CompletionView(ApiView):
    """GET /api/v1/players/{player}/games/{game_id}/completion."""

    access = {"GET": PUBLIC_LIVE}
    stale_ok = False
    tags = ("Achievements",)

    @operation(
        "Completion of a game",
        responses={200: CompletionSerializer},
        errors=(GameNotFoundError, PlayerNotFoundError, NotAuthenticatedError),
        description="What a player has earned of each of a game's sets. The base set completes the game; each other "
        "set is counted by itself, and a retired one only keeps what was earned.",
    )
    def get(self, request: Request, player: UUID | None, game_id: UUID) -> HttpResponse:
        caller = caller_of(request)
        found = seen_player(caller, player)
        game = readable_game(game_id, caller)
        sets, crowns = completion_by_set(game.id, found.id), crowns_of(found.id, [game.id])
        return json_response(completion_body(found.id, game.id, sets, crowns.get(game.id)))
