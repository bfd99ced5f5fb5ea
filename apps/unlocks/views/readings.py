"""Achievements, unlocks and progress over HTTP."""

from collections.abc import Callable
from uuid import UUID

from django.http import HttpResponse
from rest_framework.request import Request

from apps.core.api.auth.callers import Access, Caller, NotAuthenticatedError, PUBLIC, Scope, caller_of, require_caller
from apps.core.api.openapi.operations import operation, query
from apps.core.api.views import ApiView
from apps.core.api.wire.conditional import conditional
from apps.core.api.wire.cursors import InvalidCursorError, cursor_parameters, page_of, page_serializer
from apps.core.api.wire.filters import filtered
from apps.core.api.wire.inputs import read_id
from apps.core.api.wire.responses import json_answer
from apps.games.models import AchievementKind, Game
from apps.games.queries import GameNotFoundError
from apps.games.rarity import TIERS
from apps.players.errors import PlayerNotFoundError
from apps.players.queries import visible_player
from apps.unlocks import queries
from apps.unlocks.bodies import achievement_entry_body, progress_entry_body, unlock_entry_body
from apps.unlocks.cached_lists import CACHED_SECONDS, cached_list
from apps.unlocks.filters import AchievementFilters, ProgressFilters, UnlockFilters
from apps.unlocks.queries import AchievementNotFoundError, Perspective
from apps.unlocks.serializers import AchievementEntrySerializer, ProgressEntrySerializer, UnlockEntrySerializer

# Responses to anonymous callers are the same for everyone, and cached.
CACHED = f"public, max-age={CACHED_SECONDS}"
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
        answers={200: page_serializer(AchievementEntrySerializer)},
        parameters=[
            _player,
            query("kind", str, "Of this kind.", enum=AchievementKind.values),
            query("tier", str, "Of this rarity.", enum=TIERS),
            query("earned", str, "Whether the player has it.", enum=("true", "false")),
            *cursor_parameters,
        ],
        errors=(GameNotFoundError, PlayerNotFoundError, InvalidCursorError),
        description=f"In the order their authors gave them. {_MASKED} Archived ones are listed for a player who has "
        "them. Test keys see drafts, and what they reported themselves.",
    )
    def get(self, request: Request, game_id: UUID) -> HttpResponse:
        reader = _reader_in_game(request, game_id)
        game = queries.readable_game(game_id, caller_of(request))
        return _answer(request, reader, game, lambda: _page(request, game, reader))


class AchievementView(ApiView):
    """GET /api/v1/games/{game_id}/achievements/{achievement}."""

    access = {"GET": PUBLIC}
    tags = ("Achievements",)
    is_conditional = True

    @operation(
        "Achievement of a game",
        answers={200: AchievementEntrySerializer},
        parameters=[_player],
        errors=(GameNotFoundError, AchievementNotFoundError, PlayerNotFoundError),
        description=f"By its id or key. {_MASKED}",
    )
    def get(self, request: Request, game_id: UUID, achievement: UUID | str) -> HttpResponse:
        reader = _reader_in_game(request, game_id)
        game = queries.readable_game(game_id, caller_of(request))
        return _answer(
            request, reader, game, lambda: achievement_entry_body(queries.listed_achievement(game, achievement, reader))
        )


class PlayerUnlocksView(ApiView):
    """GET /api/v1/players/{player}/unlocks."""

    access = {"GET": PUBLIC}
    tags = ("Unlocks",)

    @operation(
        "Unlocks of a player",
        answers={200: page_serializer(UnlockEntrySerializer)},
        parameters=[
            _game,
            query("since", {"type": "string", "format": "date-time"}, "Earned then or later."),
            *cursor_parameters,
        ],
        errors=(PlayerNotFoundError, InvalidCursorError, NotAuthenticatedError),
        description=f"Newest first. Keys and tokens read those of their own game. {_MASKED}",
    )
    def get(self, request: Request, player: UUID | None) -> HttpResponse:
        reader = _reader_of_player(caller_of(request), player)
        rows = filtered(UnlockFilters, request, queries.unlocks_of(reader))
        return json_answer(
            page_of(
                request,
                rows,
                order=queries.UNLOCK_ORDER,
                rows_body=lambda found: [unlock_entry_body(entry) for entry in queries.unlock_entries(found, reader)],
            )
        )


class PlayerProgressView(ApiView):
    """GET /api/v1/players/{player}/progress."""

    access = {"GET": Access(session=True, token=True, key=Scope.READ)}
    tags = ("Progress",)

    @operation(
        "Progress of a player",
        answers={200: page_serializer(ProgressEntrySerializer)},
        parameters=[_game, *cursor_parameters],
        errors=(PlayerNotFoundError, InvalidCursorError),
        description="What is under way, latest first: one's own, and for keys their game's players'. Hidden "
        "achievements are left out until they are shown to the player.",
    )
    def get(self, request: Request, player: UUID | None) -> HttpResponse:
        caller = require_caller(request)
        reader = _reader_of_player(caller, player)
        if reader.player_id != reader.viewer_id:
            raise PlayerNotFoundError
        rows = filtered(ProgressFilters, request, queries.progress_of(reader))
        return json_answer(
            page_of(
                request,
                rows,
                order=queries.PROGRESS_ORDER,
                rows_body=lambda found: [
                    progress_entry_body(entry) for entry in queries.progress_entries(found, reader)
                ],
            )
        )


def _page(request: Request, game: Game, reader: Perspective) -> dict[str, object]:
    rows = filtered(AchievementFilters, request, queries.listed_achievements(game, reader))
    return page_of(
        request,
        rows,
        order=("position", "id"),
        rows_body=lambda found: [achievement_entry_body(entry) for entry in queries.entries_of(found, reader)],
    )


def _answer(request: Request, reader: Perspective, game: Game, make: Callable[[], dict[str, object]]) -> HttpResponse:
    """Respond from the cache to anonymous callers, uncached to others."""
    if caller_of(request) is not None or reader.player_id is not None:
        return json_answer(make())
    found = cached_list(game, request.build_absolute_uri(), make)
    answer = conditional(request, found.body, etag=found.etag, cache_control=CACHED)
    # Authenticated callers get another response.
    answer.headers["Vary"] = "Authorization, Cookie"
    return answer


def _reader_in_game(request: Request, game_id: UUID) -> Perspective:
    """Return whose list of a game is read. Raises: GameNotFoundError, PlayerNotFoundError, InvalidError."""
    caller, named_id = caller_of(request), read_id(request, "player_id")
    if caller is not None and caller.game_id not in {None, game_id}:
        # Keys and tokens of other games are anonymous here.
        if caller.is_test:
            raise GameNotFoundError
        caller = None
    if caller is None:
        return Perspective(player_id=visible_player(named_id, None).id if named_id else None)
    if caller.kind != "key" or named_id is not None:
        return _reader_of(caller, named_id or caller.player_id)
    return Perspective(game_id=caller.game_id, is_test=caller.is_test, is_key=True)


def _reader_of_player(caller: Caller | None, player_id: UUID | None) -> Perspective:
    """Return the perspective on a player; None is `me`. Raises: NotAuthenticatedError, PlayerNotFoundError."""
    if caller is None:
        if player_id is None:
            raise NotAuthenticatedError
        return Perspective(player_id=visible_player(player_id, None).id)
    wanted = player_id or caller.player_id
    if wanted is None:
        raise PlayerNotFoundError
    return _reader_of(caller, wanted)


def _reader_of(caller: Caller, player_id: UUID | None) -> Perspective:
    if caller.kind == "key":
        # Games show lists to their players, so a key sees what the player does.
        found = visible_player(player_id, None, game_id=caller.game_id, is_test=caller.is_test).id
        return Perspective(found, found, caller.game_id, caller.is_test, is_key=True)
    if player_id is None:
        # An account without a player.
        return Perspective()
    found = visible_player(player_id, caller.player_id).id
    viewer_id = found if player_id == caller.player_id else caller.player_id
    return Perspective(found, viewer_id, caller.game_id, caller.is_test)
