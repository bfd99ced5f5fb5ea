"""Achievements, unlocks and progress over HTTP."""

from collections.abc import Callable
from uuid import UUID

from django.http import HttpResponse
from rest_framework.request import Request

from apps.core.api.auth.callers import PUBLIC, Access, NotAuthenticatedError, Scope, caller_of, require_caller
from apps.core.api.openapi.operations import operation
from apps.core.api.views import ApiView
from apps.core.api.wire.conditional import REVALIDATED, conditional
from apps.core.api.wire.cursors import InvalidCursorError, cursor_parameters, json_page_of, page_serializer
from apps.core.api.wire.filters import chosen_by
from apps.core.api.wire.inputs import read_id
from apps.core.api.wire.query_parameters import query
from apps.core.api.wire.responses import bytes_response
from apps.games.cache_versions import CACHED_SECONDS, key_of
from apps.games.models import Achievement, AchievementKind
from apps.games.queries import GameNotFoundError
from apps.games.rarity import TIERS
from apps.players.errors import PlayerNotFoundError
from apps.unlocks import queries
from apps.unlocks.bodies import achievement_json, moment_text, progress_json, unlock_json
from apps.unlocks.cached_lists import cached_list
from apps.unlocks.filters import AchievementFilters, ProgressFilters, UnlockFilters
from apps.unlocks.models import EarnedUnlock, Progress
from apps.unlocks.queries import AchievementNotFoundError
from apps.unlocks.serializers import AchievementEntrySerializer, ProgressEntrySerializer, UnlockEntrySerializer
from apps.unlocks.visibility import Reading, own_reading, reading_in_game, reading_of_player

_UUID = {"type": "string", "format": "uuid"}
_player = query("player_id", _UUID, "Whose unlocks and steps to show; one's own when left out.")
_game = query("game", _UUID, "Of this game only.")
_MASKED = (
    "Hidden achievements that the viewer has neither earned nor been shown are masked. The viewer is the player of "
    "the token or session; a key sees what its `player_id` sees, or without one what anyone sees."
)


class AchievementsView(ApiView):
    """GET /api/v1/games/{game_id}/achievements."""

    access = {"GET": PUBLIC}
    stale_ok = False
    tags = ("Achievements",)
    is_conditional = True
    is_response_cached = True

    @operation(
        "Achievements of a game",
        responses={200: page_serializer(AchievementEntrySerializer)},
        parameters=[
            _player,
            query("kind", str, "Only achievements of this kind.", enum=AchievementKind.values),
            query("tier", str, "Of this rarity.", enum=TIERS),
            query("earned", str, "Whether the player has it.", enum=("true", "false")),
            *cursor_parameters,
        ],
        errors=(GameNotFoundError, PlayerNotFoundError, InvalidCursorError),
        description=f"In the order their authors gave them. {_MASKED} Archived ones are listed for a player who has "
        "them. Test keys see drafts, and what they reported themselves.",
    )
    def get(self, request: Request, game_id: UUID) -> HttpResponse:
        reading = _reading_in_game(request, game_id)
        validity = self.validity_from_now(request, key_of(game_id), seconds=CACHED_SECONDS)
        response = _response(request, reading, game_id, lambda: _page(request, game_id, reading))
        self.share(request, validity)
        return response


class AchievementView(ApiView):
    """GET /api/v1/games/{game_id}/achievements/{achievement}."""

    access = {"GET": PUBLIC}
    stale_ok = False
    tags = ("Achievements",)
    is_conditional = True
    is_response_cached = True

    @operation(
        "Achievement of a game",
        responses={200: AchievementEntrySerializer},
        parameters=[_player],
        errors=(GameNotFoundError, AchievementNotFoundError, PlayerNotFoundError),
        description=f"By its id or key. {_MASKED}",
    )
    def get(self, request: Request, game_id: UUID, achievement: UUID | str) -> HttpResponse:
        reading = _reading_in_game(request, game_id)
        validity = self.validity_from_now(request, key_of(game_id), seconds=CACHED_SECONDS)
        caller = caller_of(request)
        response = _response(
            request,
            reading,
            game_id,
            lambda: achievement_json(queries.listed_achievement(game_id, caller, achievement, reading)).encode(),
        )
        self.share(request, validity)
        return response


class PlayerUnlocksView(ApiView):
    """GET /api/v1/players/{player}/unlocks."""

    access = {"GET": PUBLIC}
    stale_ok = False
    tags = ("Unlocks",)

    @operation(
        "Unlocks of a player",
        responses={200: page_serializer(UnlockEntrySerializer)},
        parameters=[
            _game,
            query("since", {"type": "string", "format": "date-time"}, "Earned then or later."),
            *cursor_parameters,
        ],
        errors=(PlayerNotFoundError, InvalidCursorError, NotAuthenticatedError),
        description=f"Newest first. Keys and tokens read those of their own game. {_MASKED}",
    )
    def get(self, request: Request, player: UUID | None) -> HttpResponse:
        reading = reading_of_player(caller_of(request), player)
        chosen = chosen_by(UnlockFilters, request, EarnedUnlock)
        page = json_page_of(
            request,
            order=queries.UNLOCK_ORDER,
            find=lambda piece: queries.unlocks_of(reading, chosen, piece),
            values=lambda entry: (moment_text(entry.unlocked_at), entry.id),
            text=unlock_json,
        )
        return bytes_response(page)


class PlayerProgressView(ApiView):
    """GET /api/v1/players/{player}/progress."""

    access = {"GET": Access(session=True, token=True, key=Scope.READ)}
    stale_ok = False
    tags = ("Progress",)

    @operation(
        "Progress of a player",
        responses={200: page_serializer(ProgressEntrySerializer)},
        parameters=[_game, *cursor_parameters],
        errors=(PlayerNotFoundError, InvalidCursorError),
        description="What is under way, latest first: one's own, and for keys their game's players'. Hidden "
        "achievements are left out until they are shown to the player.",
    )
    def get(self, request: Request, player: UUID | None) -> HttpResponse:
        reading = own_reading(require_caller(request), player)
        chosen = chosen_by(ProgressFilters, request, Progress)
        page = json_page_of(
            request,
            order=queries.PROGRESS_ORDER,
            find=lambda piece: queries.progress_of(reading, chosen, piece),
            values=lambda entry: (moment_text(entry.value), entry.id),
            text=progress_json,
        )
        return bytes_response(page)


def _page(request: Request, game_id: UUID, reading: Reading) -> bytes:
    caller = caller_of(request)
    chosen = chosen_by(AchievementFilters, request, Achievement)
    return json_page_of(
        request,
        order=queries.ACHIEVEMENT_ORDER,
        find=lambda piece: queries.achievements_of(game_id, caller, reading, chosen, piece),
        values=lambda entry: (entry.value, entry.id),
        text=achievement_json,
    )


def _response(request: Request, reading: Reading, game_id: UUID, make: Callable[[], bytes]) -> HttpResponse:
    """Respond from the cache to those who read as strangers, who all get the same, uncached to others."""
    game = queries.readable_game(game_id, caller_of(request)) if reading.is_strangers else None
    if game is None or not game.is_published:
        return bytes_response(make())
    found = cached_list(game, request.build_absolute_uri(), make)
    response = conditional(request, found.body, etag=found.etag, cache_control=REVALIDATED)
    # Players, and test keys, get another response.
    response.headers["Vary"] = "Authorization, Cookie"
    return response


def _reading_in_game(request: Request, game_id: UUID) -> Reading:
    return reading_in_game(caller_of(request), game_id, read_id(request, "player_id"))
