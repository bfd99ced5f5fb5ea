"""Players over HTTP: looked up, read, and created by games."""

from uuid import UUID

from django.db.models.functions import Lower
from django.http import HttpResponse
from rest_framework.request import Request

from apps.core.api.auth.callers import PUBLIC, Access, Scope, caller_of, require_caller
from apps.core.api.openapi.operations import operation
from apps.core.api.views import ApiView
from apps.core.api.wire.cursors import InvalidCursorError, cursor_parameters, page_of
from apps.core.api.wire.filters import filtered
from apps.core.api.wire.inputs import read
from apps.core.api.wire.query_parameters import query
from apps.core.api.wire.responses import bytes_response, json_response, to_json
from apps.players.actions import edit_player, edit_player_of_game, find_or_create_by_external_id
from apps.players.actions.renames import RenamedTooOftenError
from apps.players.bodies import me_body, player_body
from apps.players.cache_versions import CACHED_SECONDS, key_of
from apps.players.errors import (
    AccountDeactivatedError,
    ExternalIdUnknownError,
    HandleReservedError,
    HandleTakenError,
    PlayerHasAccountError,
    PlayerNotFoundError,
)
from apps.players.filters import PlayerFilters
from apps.players.models import Region
from apps.players.parsing import ExternalIdInvalidError, read_external_id
from apps.players.queries import listed_players, may_see, player_known_as, visible_player
from apps.players.serializers import (
    FoundPlayerSerializer,
    GamePlayerChangesSerializer,
    MeChangesSerializer,
    MeSerializer,
    NewPlayerSerializer,
    PlayerPageSerializer,
    PlayerSerializer,
)
from apps.players.visibility import environment_of, game_of, key_game_of, own_player, represented_player, viewer_id_of

RENAME_ERRORS = (HandleTakenError, HandleReservedError, RenamedTooOftenError)


class PlayerListView(ApiView):
    access = {"GET": PUBLIC}
    stale_ok = True
    tags = ("Players",)

    @operation(
        "List players",
        responses={200: PlayerPageSerializer},
        parameters=[
            query("q", str, "What the handle begins with."),
            query("region", str, "Only players of this region.", enum=Region.values),
            *cursor_parameters,
        ],
        errors=(InvalidCursorError,),
        description="Public players by handle.",
    )
    def get(self, request: Request) -> HttpResponse:
        rows = filtered(PlayerFilters, request, listed_players().annotate(lower_handle=Lower("handle")))
        page = page_of(request, rows, order=("lower_handle",), rows_body=lambda found: list(map(player_body, found)))
        return json_response(page)


class PlayerView(ApiView):
    access = {"GET": PUBLIC, "PATCH": Access(key=Scope.PLAYERS_WRITE)}
    stale_ok = False
    tags = ("Players",)
    is_conditional = is_response_cached = True

    @operation("Get a player", responses={200: PlayerSerializer}, errors=(PlayerNotFoundError,))
    def get(self, request: Request, player_id: UUID) -> HttpResponse:
        caller = caller_of(request)
        is_test = caller is not None and caller.is_test
        validity = self.validity_from_now(request, key_of(player_id), seconds=CACHED_SECONDS)
        found = visible_player(player_id, viewer_id_of(caller), game_id=key_game_of(caller), is_test=is_test)
        body = to_json(player_body(found))
        # Who was merged changes with whom they became.
        if found.id == player_id and may_see(None, found):
            return self.respond_to_all(request, body, validity)
        return bytes_response(body)

    @operation(
        "Change a player",
        request=GamePlayerChangesSerializer,
        responses={200: PlayerSerializer},
        errors=(PlayerNotFoundError, PlayerHasAccountError, AccountDeactivatedError, *RENAME_ERRORS),
        description="A player whom your game knows by an external id, and who has no account: with one, only they can "
        "change their profile.",
    )
    def patch(self, request: Request, player_id: UUID) -> HttpResponse:
        player = represented_player(require_caller(request), player_id)
        changes = read(GamePlayerChangesSerializer, request.data)
        return json_response(player_body(edit_player_of_game(player_id=player.id, **changes)))


class MeView(ApiView):
    access = {"GET": Access(token=True, session=True), "PATCH": Access(session=True)}
    stale_ok = False
    tags = ("Players",)

    @operation("Get me", responses={200: MeSerializer}, errors=(PlayerNotFoundError,))
    def get(self, request: Request) -> HttpResponse:
        return json_response(me_body(own_player(require_caller(request))))

    @operation(
        "Change me",
        request=MeChangesSerializer,
        responses={200: MeSerializer},
        errors=(PlayerNotFoundError, *RENAME_ERRORS),
        description="A handle can be changed three times in 30 days. The old one leads to the new one for 90 days, "
        "nobody else can take it meanwhile, and its player may take it back.",
    )
    def patch(self, request: Request) -> HttpResponse:
        player = own_player(require_caller(request))
        changes = read(MeChangesSerializer, request.data)
        return json_response(me_body(edit_player(player_id=player.id, **changes) if changes else player))


class ExternalPlayerView(ApiView):
    access = {"GET": Access(key=Scope.READ), "PUT": Access(key=Scope.PLAYERS_WRITE)}
    stale_ok = False
    tags = ("Players",)

    rate = "write"

    @operation(
        "Get a player by external id",
        responses={200: PlayerSerializer},
        errors=(ExternalIdUnknownError, ExternalIdInvalidError),
    )
    def get(self, request: Request, external_id: str) -> HttpResponse:
        known_as = read_external_id(external_id)
        caller = require_caller(request)
        found = player_known_as(known_as, game_id=game_of(caller), environment=environment_of(caller))
        return json_response(player_body(found))

    @operation(
        "Find or create a player",
        request=NewPlayerSerializer,
        responses={200: FoundPlayerSerializer, 201: FoundPlayerSerializer},
        errors=(*RENAME_ERRORS, ExternalIdInvalidError),
        description="Players by your game's own id: 201 the first time, 200 with the same player from then on, "
        "whatever is retried or concurrent. Your values for a player apply until they log in here: after that only "
        "they can change them, and `ignored` lists what was not applied. A test key's players are separate from a live "
        "key's.",
    )
    def put(self, request: Request, external_id: str) -> HttpResponse:
        known_as = read_external_id(external_id)
        caller = require_caller(request)
        found = find_or_create_by_external_id(
            game_id=game_of(caller),
            environment=environment_of(caller),
            external_id=known_as,
            **read(NewPlayerSerializer, request.data),
        )
        body = player_body(found.player) | {"ignored": found.ignored}
        return json_response(body, status=201 if found.is_new else 200)
