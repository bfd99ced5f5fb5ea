"""Achievements, unlocks and progress over HTTP."""

from collections.abc import Callable
from uuid import UUID

from django.http import HttpResponse
from rest_framework.request import Request

from apps.core.api.auth.callers import PUBLIC, Access, NotAuthenticatedError, Scope, caller_of, require_caller
from apps.core.api.openapi.operations import operation
from apps.core.api.views import ApiView
from apps.core.api.wire.conditional import REVALIDATED, conditional
from apps.core.api.wire.cursors import InvalidCursorError, cursor_parameters, page_of, page_serializer
from apps.core.api.wire.filters import filtered
from apps.core.api.wire.inputs import read_id
from apps.core.api.wire.query_parameters import query
from apps.core.api.wire.responses import json_response
from apps.games.models import AchievementKind, Game
from apps.games.queries import GameNotFoundError
from apps.games.rarity import TIERS
from apps.players.errors import PlayerNotFoundError
from apps.unlocks import queries
from apps.unlocks.bodies import achievement_entry_body, progress_entry_body, unlock_entry_body
from apps.unlocks.cached_lists import cached_list
from apps.unlocks.filters import AchievementFilters, ProgressFilters, UnlockFilters
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
    tags = ("Achievements",)
    is_conditional = True

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
        game = queries.readable_game(game_id, caller_of(request))
        return _response(request, reading, game, lambda: _page(request, game, reading))


class AchievementView(ApiView):
    """GET /api/v1/games/{game_id}/achievements/{achievement}."""

    access = {"GET": PUBLIC}
    tags = ("Achievements",)
    is_conditional = True

    @operation(
        "Achievement of a game",
        responses={200: AchievementEntrySerializer},
        parameters=[_player],
        errors=(GameNotFoundError, AchievementNotFoundError, PlayerNotFoundError),
        description=f"By its id or key. {_MASKED}",
    )
    def get(self, request: Request, game_id: UUID, achievement: UUID | str) -> HttpResponse:
        reading = _reading_in_game(request, game_id)
        game = queries.readable_game(game_id, caller_of(request))
        return _response(
            request,
            reading,
            game,
            lambda: achievement_entry_body(queries.listed_achievement(game, achievement, reading)),
        )


class PlayerUnlocksView(ApiView):
    """GET /api/v1/players/{player}/unlocks."""

    access = {"GET": PUBLIC}
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
        rows = filtered(UnlockFilters, request, queries.unlocks_of(reading))
        return json_response(
            page_of(
                request,
                rows,
                order=queries.UNLOCK_ORDER,
                rows_body=lambda found: [unlock_entry_body(entry) for entry in queries.unlock_entries(found, reading)],
            )
        )


class PlayerProgressView(ApiView):
    """GET /api/v1/players/{player}/progress."""

    access = {"GET": Access(session=True, token=True, key=Scope.READ)}
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
        rows = filtered(ProgressFilters, request, queries.progress_of(reading))
        return json_response(
            page_of(
                request,
                rows,
                order=queries.PROGRESS_ORDER,
                rows_body=lambda found: [
                    progress_entry_body(entry) for entry in queries.progress_entries(found, reading)
                ],
            )
        )


def _page(request: Request, game: Game, reading: Reading) -> dict[str, object]:
    rows = filtered(AchievementFilters, request, queries.listed_achievements(game, reading))
    return page_of(
        request,
        rows,
        order=("position", "id"),
        rows_body=lambda found: [achievement_entry_body(entry) for entry in queries.entries_of(found, reading)],
    )


def _response(request: Request, reading: Reading, game: Game, make: Callable[[], dict[str, object]]) -> HttpResponse:
    """Respond from the cache to anonymous callers, who all get the same, uncached to others."""
    if caller_of(request) is not None or reading.player_id is not None:
        return json_response(make())
    found = cached_list(game, request.build_absolute_uri(), make)
    response = conditional(request, found.body, etag=found.etag, cache_control=REVALIDATED)
    # Authenticated callers get another response.
    response.headers["Vary"] = "Authorization, Cookie"
    return response


def _reading_in_game(request: Request, game_id: UUID) -> Reading:
    return reading_in_game(caller_of(request), game_id, read_id(request, "player_id"))
