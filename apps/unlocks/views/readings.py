"""Achievements, unlocks and progress over HTTP."""

from collections.abc import Callable
from uuid import UUID

from django.http import HttpResponse
from rest_framework.request import Request

from apps.core.api.auth.callers import (
    PUBLIC,
    Access,
    NotAuthenticatedError,
    Scope,
    caller_of,
    require_caller,
)
from apps.core.api.openapi.operations import operation
from apps.core.api.views import ApiView
from apps.core.api.wire.conditional import REVALIDATED, conditional
from apps.core.api.wire.cursors import (
    InvalidCursorError,
    cursor_parameters,
    json_page_of,
    page_serializer,
    read_slice,
)
from apps.core.api.wire.filters import chosen_by
from apps.core.api.wire.inputs import read_id
from apps.core.api.wire.query_parameters import query
from apps.core.api.wire.responses import bytes_response
from apps.core.redis.versioned_cache import Validity
from apps.games.cache_versions import CACHED_SECONDS, KEY, key_of
from apps.games.models import Achievement, AchievementKind
from apps.games.queries import GameNotFoundError
from apps.games.rarity import TIERS
from apps.players.cache_versions import key_of as player_key_of
from apps.players.errors import PlayerNotFoundError
from apps.unlocks import queries
from apps.unlocks.bodies import achievement_json, moment_text, progress_json, unlock_json
from apps.unlocks.cached_lists import cached_list
from apps.unlocks.filters import AchievementFilters, ProgressFilters, UnlockFilters
from apps.unlocks.models import EarnedUnlock, Progress
from apps.unlocks.queries import AchievementNotFoundError, PlayersList
from apps.unlocks.serializers import AchievementEntrySerializer, ProgressEntrySerializer, UnlockEntrySerializer
from apps.unlocks.visibility import Reading, own_reading, reading_in_game, reading_of_player

_UUID = {"type": "string", "format": "uuid"}
# Players, and test keys, get another response.
_VARY = "Authorization, Cookie"
_player = query("player_id", _UUID, "Whose unlocks and steps to show; one's own when left out.")
_game = query("game", _UUID, "Of this game only.")
_MASKED = (
    "Hidden achievements that the viewer has neither earned nor been shown are masked. The viewer is the player of "
    "the token or session; a key sees what its `player_id` sees, or without one what anyone sees."
)


class _ReadingView(ApiView):
    """A view of what one player has, which is sent from memory while neither the player nor the games change."""

    is_conditional = True
    is_response_cached = True

    def validity_of(self, request: Request, reading: Reading, game_id: UUID | None) -> Validity | None:
        """Return what a response made from now on depends on: the reading's player, and one game or all."""
        of_player = [] if reading.player_id is None else [player_key_of(reading.player_id)]
        of_games = KEY if game_id is None else key_of(game_id)
        return self.validity_from_now(request, *of_player, of_games, seconds=CACHED_SECONDS, is_seldom=bool(of_player))

    def respond(self, request: Request, found: PlayersList, body: bytes, validity: Validity | None) -> HttpResponse:
        """Return the response, also for those who read as the caller does; not what a former id leads to."""
        return self.respond_to_audience(request, body, validity if found.is_of_named else None)


class AchievementsView(_ReadingView):
    """GET /api/v1/games/{game_id}/achievements."""

    access = {"GET": PUBLIC}
    stale_ok = False
    tags = ("Achievements",)

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
        validity = self.validity_of(request, reading, game_id)
        if reading.player_id is not None:
            return self.respond(request, *_page(request, game_id, reading), validity)
        response = _response(request, reading, game_id, lambda: _page(request, game_id, reading)[1])
        self.share(request, validity)
        return response


class AchievementView(_ReadingView):
    """GET /api/v1/games/{game_id}/achievements/{achievement}."""

    access = {"GET": PUBLIC}
    stale_ok = False
    tags = ("Achievements",)

    @operation(
        "Achievement of a game",
        responses={200: AchievementEntrySerializer},
        parameters=[_player],
        errors=(GameNotFoundError, AchievementNotFoundError, PlayerNotFoundError),
        description=f"By its id or key. {_MASKED}",
    )
    def get(self, request: Request, game_id: UUID, achievement: UUID | str) -> HttpResponse:
        reading = _reading_in_game(request, game_id)
        validity, caller = self.validity_of(request, reading, game_id), caller_of(request)

        def find() -> tuple[PlayersList, bytes]:
            found = queries.listed_achievement(game_id, caller, achievement, reading)
            return found, achievement_json(found.entries[0]).encode()

        if reading.player_id is not None:
            return self.respond(request, *find(), validity)
        response = _response(request, reading, game_id, lambda: find()[1])
        self.share(request, validity)
        return response


class PlayerUnlocksView(_ReadingView):
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
        validity = self.validity_of(request, reading, reading.game_id)
        chosen, piece = chosen_by(UnlockFilters, request, EarnedUnlock), read_slice(request, queries.UNLOCK_ORDER)
        found = queries.unlocks_of(reading, chosen, piece)
        page = json_page_of(
            request,
            piece,
            found.entries,
            order=queries.UNLOCK_ORDER,
            values=lambda entry: (moment_text(entry.unlocked_at), entry.id),
            text=unlock_json,
        )
        return self.respond(request, found, page, validity)


class PlayerProgressView(_ReadingView):
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
        validity = self.validity_of(request, reading, reading.game_id)
        chosen, piece = chosen_by(ProgressFilters, request, Progress), read_slice(request, queries.PROGRESS_ORDER)
        found = queries.progress_of(reading, chosen, piece)
        page = json_page_of(
            request,
            piece,
            found.entries,
            order=queries.PROGRESS_ORDER,
            values=lambda entry: (moment_text(entry.value), entry.id),
            text=progress_json,
        )
        return self.respond(request, found, page, validity)


def _page(request: Request, game_id: UUID, reading: Reading) -> tuple[PlayersList, bytes]:
    chosen, piece = chosen_by(AchievementFilters, request, Achievement), read_slice(request, queries.ACHIEVEMENT_ORDER)
    found = queries.achievements_of(game_id, caller_of(request), reading, chosen, piece)
    page = json_page_of(
        request,
        piece,
        found.entries,
        order=queries.ACHIEVEMENT_ORDER,
        values=lambda entry: (entry.value, entry.id),
        text=achievement_json,
    )
    return found, page


def _response(request: Request, reading: Reading, game_id: UUID, make: Callable[[], bytes]) -> HttpResponse:
    """Respond from the cache to those who read as strangers, who all get the same, uncached to others."""
    game = queries.readable_game(game_id, caller_of(request)) if reading.is_strangers else None
    if game is None or not game.is_published:
        return bytes_response(make())
    found = cached_list(game, request.build_absolute_uri(), make)
    response = conditional(request, found.body, etag=found.etag, cache_control=REVALIDATED)
    response.headers["Vary"] = _VARY
    return response


def _reading_in_game(request: Request, game_id: UUID) -> Reading:
    return reading_in_game(caller_of(request), game_id, read_id(request, "player_id"))
