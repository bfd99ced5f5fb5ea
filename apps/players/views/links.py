"""Link codes over HTTP: created by games, used by their players."""

from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext
from rest_framework.request import Request

from apps.core.api.auth.callers import Access, Caller, Scope, require_caller
from apps.core.api.openapi.operations import operation
from apps.core.api.views import ApiView
from apps.core.api.wire.inputs import read
from apps.core.api.wire.responses import SecretResponse, json_response
from apps.players import link_codes
from apps.players.actions.linking import (
    AlreadyLinkedError,
    PlayerClaimedError,
    PlayerMergedError,
    join_player,
    link_player,
)
from apps.players.bodies import link_code_body, me_body
from apps.players.errors import (
    AccountDeactivatedError,
    PlayerBannedError,
    PlayerHasAccountError,
    PlayerNotFoundError,
)
from apps.players.link_codes import LinkCodesUnavailableError, LinkCodeUnknownError
from apps.players.models import Player
from apps.players.serializers import LinkCodeSerializer, LinkSerializer, MeSerializer
from apps.players.visibility import own_player_id, represented_player


class LinkCodesView(ApiView):
    """POST /api/v1/players/{player_id}/link-codes."""

    access = {"POST": Access(key=Scope.PLAYERS_WRITE, token=True, test_keys=False)}
    tags = ("Players",)
    rate = "write"

    @operation(
        "Create a link code",
        id_="make_a_link_code",
        responses={201: LinkCodeSerializer},
        errors=(PlayerNotFoundError, AccountDeactivatedError, PlayerMergedError, LinkCodesUnavailableError),
        description="Show it in the game. Typed in at /account/link/ within ten minutes, it makes the game's player "
        "and the one who logs in there the same. Keys create codes for players their game knows, tokens for their own.",
    )
    def post(self, request: Request, player_id: UUID) -> HttpResponse:
        player = _player_of(require_caller(request), player_id)
        return SecretResponse(link_code_body(link_codes.issue(player.id)), status=201)


class LinksView(ApiView):
    """POST /api/v1/players/me/links."""

    access = {"POST": Access(device=True, session=True, test_keys=False)}
    tags = ("Players",)
    rate = "secret"

    @operation(
        "Link a game's player",
        request=LinkSerializer,
        responses={200: MeSerializer},
        errors=(
            LinkCodeUnknownError,
            LinkCodesUnavailableError,
            AlreadyLinkedError,
            PlayerClaimedError,
            PlayerHasAccountError,
            PlayerBannedError,
            PlayerNotFoundError,
        ),
        description="What that player has earned becomes yours within seconds, and what the game reports from now on. "
        "With the token of a device it is the other way round: the device's guest becomes the code's player, who then "
        "has both devices. Where both have an achievement, the earlier time stays; where one of the two is untracked, "
        "both are from then on. It can't be undone.",
    )
    def post(self, request: Request) -> HttpResponse:
        caller = require_caller(request)
        code = read(LinkSerializer, request.data)["code"]
        return json_response(me_body(_link(caller, code)))


def _link(caller: Caller, code: str) -> Player:
    if caller.account_id is not None:
        return link_player(account_id=caller.account_id, code=code)
    return join_player(player_id=own_player_id(caller), code=code)


def _player_of(caller: Caller, player_id: UUID) -> Player:
    """Return a player the caller may create codes for. Raises: PlayerNotFoundError, PlayerMergedError."""
    player = represented_player(caller, player_id)
    if player.id != player_id:
        raise PlayerMergedError(
            gettext("This player was linked and is player {player_id} now. There is nothing left to link.").format(
                player_id=player.id
            )
        )
    return player
