"""Achievements, unlocks and progress over HTTP."""

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
from apps.core.api.wire.cursors import (
    InvalidCursorError,
    address_of,
    cursor_parameters,
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
from apps.unlocks.bodies import achievement_json, achievement_page_json, progress_page_json, unlock_page_json
from apps.unlocks.filters import AchievementFilters, ProgressFilters, UnlockFilters
from apps.unlocks.models import EarnedUnlock, Progress
from apps.unlocks.queries import AchievementNotFoundError, PlayersList
from apps.unlocks.serializers import AchievementEntrySerializer, ProgressEntrySerializer, UnlockEntrySerializer
from apps.unlocks.visibility import Reading, own_reading, reading_in_game, reading_of_player

_UUID = {"type": "string", "format": "uuid"}
_player = query("player_id", _UUID, "Whose unlocks and steps to show; one's own when left out.")
_game = query("game", _UUID, "Of this game only.")
_MASKED = (
    "Hidden achievements that the viewer has neither earned nor been shown are masked. The viewer is the player of "
    "the token or session; a key sees what its `player_id` sees, or without one what anyone sees."
)


def versions_of(player_id: UUID | None, game_id: UUID | None) -> tuple[str, ...]:
    """Return the keys of the versions that a list changes with: its player's, and one game's or all games'."""
    of_player = () if player_id is None else (player_key_of(player_id),)
    return (*of_player, KEY if game_id is None else key_of(game_id))


class _ReadingView(ApiView):
    """A view of what one player has, which is sent from memory while neither the player nor the games change."""

    is_conditional = True
    is_response_cached = True

    def validity_of(self, request: Request, reading: Reading, game_id: UUID | None) -> Validity | None:
        """Return what a response made from now on depends on: the reading's player, and one game or all."""
        keys, is_seldom = versions_of(reading.player_id, game_id), reading.player_id is not None
        return self.validity_from_now(request, *keys, seconds=CACHED_SECONDS, is_seldom=is_seldom)

    def respond(self, request: Request, found: PlayersList, body: bytes, validity: Validity | None) -> HttpResponse:
        """Return the response, also for those who read as the caller does; not what a former id leads to."""
        return self.respond_to_audience(request, body, validity if found.is_of_named else None)

    def respond_in_game(
        self, request: Request, reading: Reading, found: PlayersList, body: bytes, validity: Validity | None
    ) -> HttpResponse:
        """Return the response about a game: to those who read as strangers all the same, while it is published."""
        if reading.player_id is not None:
            return self.respond(request, found, body, validity)
        if reading.is_strangers and found.is_published:
            return self.respond_to_all(request, body, validity)
        return bytes_response(body)


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
        chosen, address = chosen_by(AchievementFilters, request, Achievement), address_of(request)
        piece = read_slice(address, queries.ACHIEVEMENT_ORDER)
        found = queries.achievements_of(game_id, caller_of(request), reading, chosen, piece)
        body = achievement_page_json(address, piece, found.entries)
        return self.respond_in_game(request, reading, found, body, validity)


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
        validity = self.validity_of(request, reading, game_id)
        found = queries.listed_achievement(game_id, caller_of(request), achievement, reading)
        body = achievement_json(found.entries[0]).encode()
        return self.respond_in_game(request, reading, found, body, validity)


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
        chosen, address = chosen_by(UnlockFilters, request, EarnedUnlock), address_of(request)
        piece = read_slice(address, queries.UNLOCK_ORDER)
        found = queries.unlocks_of(reading, chosen, piece)
        return self.respond(request, found, unlock_page_json(address, piece, found.entries), validity)


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
        chosen, address = chosen_by(ProgressFilters, request, Progress), address_of(request)
        piece = read_slice(address, queries.PROGRESS_ORDER)
        found = queries.progress_of(reading, chosen, piece)
        return self.respond(request, found, progress_page_json(address, piece, found.entries), validity)


def _reading_in_game(request: Request, game_id: UUID) -> Reading:
    return reading_in_game(caller_of(request), game_id, read_id(request, "player_id"))
