"""Player tokens that people create for themselves."""

from uuid import UUID

from django.conf import settings
from django.http import HttpResponse
from rest_framework.request import Request

from apps.core.api.auth.callers import PEOPLE, NotAuthenticatedError, require_caller
from apps.core.api.openapi.operations import operation
from apps.core.api.views import ApiView
from apps.core.api.wire.inputs import read
from apps.core.api.wire.responses import SecretResponse, json_response
from apps.games.actions.tokens import TokenNotFoundError, create_token, revoke_token
from apps.games.bodies import living_token_body, minted_token_body
from apps.games.queries import LISTED_MAX, GameNotFoundError, living_tokens, shown_game
from apps.games.serializers import LivingTokensSerializer, MintedTokenSerializer, OwnTokenSerializer
from apps.players.errors import PlayerNotFoundError
from apps.players.models import Account
from apps.players.visibility import own_player


class OwnTokensView(ApiView):
    """GET, POST /api/v1/players/me/tokens."""

    access = {"GET": PEOPLE, "POST": PEOPLE}
    stale_ok = False
    tags = ("Players",)
    rate = "write"

    @operation(
        "List my own tokens",
        responses={200: LivingTokensSerializer},
        description=f"Those created where you are logged in, up to {LISTED_MAX}; not those that games created.",
    )
    def get(self, request: Request) -> HttpResponse:
        found = living_tokens(_account_id(request))
        return json_response({"results": [living_token_body(grant) for grant in found]})

    @operation(
        "Create my own token",
        id_="mint_my_own_token",
        request=OwnTokenSerializer,
        responses={201: MintedTokenSerializer},
        errors=(PlayerNotFoundError, GameNotFoundError),
        description="For a game client that runs where its player is logged in, such as a page. It acts for the player "
        "in this game alone, for an hour, and may set only what the game lets clients set. It ends within 5 seconds of "
        "the log-in, the password or the account that it came from, or when it is revoked.",
    )
    def post(self, request: Request) -> HttpResponse:
        player = own_player(require_caller(request))
        game = shown_game(read(OwnTokenSerializer, request.data)["game_id"], require_caller(request))
        grant, text = create_token(
            account=Account.objects.get(pk=_account_id(request)),
            session_key=request.COOKIES[settings.SESSION_COOKIE_NAME],
            player_id=player.id,
            game_id=game.id,
        )
        return SecretResponse(minted_token_body(grant, text), status=201)


class OwnTokenView(ApiView):
    """DELETE /api/v1/players/me/tokens/{token_id}."""

    access = {"DELETE": PEOPLE}
    tags = ("Players",)
    rate = "write"

    @operation(
        "Revoke my own token",
        responses={204: None},
        errors=(TokenNotFoundError,),
        description="The token stops working within 5 seconds, in one web process after the other, and connections "
        "opened with it end.",
    )
    def delete(self, request: Request, token_id: UUID) -> HttpResponse:
        revoke_token(account_id=_account_id(request), grant_id=token_id)
        return HttpResponse(status=204)


def _account_id(request: Request) -> UUID:
    account_id = require_caller(request).account_id
    if account_id is None:
        raise NotAuthenticatedError
    return account_id
