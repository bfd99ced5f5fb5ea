"""Play time, dashboards, statistics and comparisons over HTTP."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from rest_framework.request import Request

from apps.analytics.bodies import comparison_body, game_statistics_body, play_time_body, statistics_body
from apps.analytics.dashboards import dashboard
from apps.analytics.play_time.sessions import EndedAtError, add_play_time
from apps.analytics.serializers import (
    CompareQuerySerializer,
    ComparisonSerializer,
    DashboardSerializer,
    GameStatisticsQuerySerializer,
    GameStatisticsSerializer,
    PlayTimeAnswerSerializer,
    PlayTimeReportSerializer,
    StatisticsQuerySerializer,
    StatisticsSerializer,
)
from apps.analytics.statistics.comparisons import sides_of
from apps.analytics.statistics.game_series import rarity_of, slots_of
from apps.analytics.statistics.player_series import DAYS_MAX, Slot, statistics_of
from apps.core.api.auth.callers import (
    PUBLIC_LIVE,
    Access,
    Caller,
    NotAuthenticatedError,
    Scope,
    caller_of,
    require_caller,
)
from apps.core.api.openapi.operations import operation
from apps.core.api.views import ApiView
from apps.core.api.wire.inputs import read, read_query
from apps.core.api.wire.query_parameters import query
from apps.core.api.wire.responses import json_response
from apps.core.redis.versioned_cache import Validity
from apps.games.access import open_managed_game
from apps.games.cache_versions import CACHED_SECONDS, KEY
from apps.games.queries import GameNotFoundError, games_seen_by
from apps.leaderboards.boards.board import PLATFORM_ID
from apps.players import cache_versions
from apps.players.errors import PlayerNotFoundError
from apps.players.models import Player
from apps.players.visibility import (
    game_of,
    key_game_of,
    reported_player_id,
    seen_player,
    viewer_id_of,
)
from apps.unlocks.errors import GameNotPublishedError
from apps.unlocks.queries import readable_game

_UUID = {"type": "string", "format": "uuid"}
_DATE = {"type": "string", "format": "date"}


class PlayTimeView(ApiView):
    access = {"POST": Access(key=Scope.UNLOCKS_WRITE, token=True, test_keys=False, vouched=True)}
    tags = ("Statistics",)
    rate = "write"

    @operation(
        "Report play time",
        request=PlayTimeReportSerializer,
        responses={200: PlayTimeAnswerSerializer, 201: PlayTimeAnswerSerializer},
        errors=(EndedAtError, PlayerNotFoundError, GameNotPublishedError),
        description="201 when it added play time, 200 when it was counted before. A session reported again with more "
        "seconds grows by the difference; it never shrinks.",
    )
    def post(self, request: Request, player: UUID | None) -> HttpResponse:
        caller = require_caller(request)
        game_id, player_id = game_of(caller), reported_player_id(caller, player)
        report = read(PlayTimeReportSerializer, request.data)
        outcome = add_play_time(player_id=player_id, game_id=game_id, **report)
        body = play_time_body(outcome, player_id=player_id, game_id=game_id, session_id=report["session_id"])
        return json_response(body, status=201 if outcome.is_recorded else 200)


def versions_of(player_id: UUID) -> tuple[str, ...]:
    """Return the keys of the versions that a player's dashboard changes with."""
    return cache_versions.key_of(player_id), KEY


class DashboardView(ApiView):
    access = {"GET": PUBLIC_LIVE}
    stale_ok = False
    tags = ("Statistics",)
    is_conditional = True
    is_response_cached = True

    @operation(
        "Dashboard of a player",
        responses={200: DashboardSerializer},
        errors=(PlayerNotFoundError, NotAuthenticatedError),
        description="Every game with play time and completion, totals, rank and the latest unlocks. Changes show at "
        "once with play time, and with the boards for unlocks.",
    )
    def get(self, request: Request, player: UUID | None) -> HttpResponse:
        caller = caller_of(request)
        validity = self._validity(request, player)
        found = seen_player(caller, player)
        body = dashboard(found, viewer_id_of(caller), key_game_id=key_game_of(caller))
        # Who was merged changes with whom they became.
        return self.respond_to_audience(request, body, validity if found.id == player else None)

    def _validity(self, request: Request, player_id: UUID | None) -> Validity | None:
        if player_id is None:
            return None
        return self.validity_from_now(request, *versions_of(player_id), seconds=CACHED_SECONDS, is_seldom=True)


class StatisticsView(ApiView):
    access = {"GET": PUBLIC_LIVE}
    stale_ok = True
    tags = ("Statistics",)

    @operation(
        "Statistics of a player",
        responses={200: StatisticsSerializer},
        parameters=[
            query("game", _UUID, "In this game only."),
            query("start_date", _DATE, "First day, UTC; 29 days before the last when left out."),
            query("end_date", _DATE, "Last day, included; today when left out."),
            query("interval", str, "Up to 31 days by hour, 366 by day.", enum=list(DAYS_MAX), default="day"),
        ],
        errors=(PlayerNotFoundError, NotAuthenticatedError),
    )
    def get(self, request: Request, player: UUID | None) -> HttpResponse:
        caller = caller_of(request)
        found = seen_player(caller, player)
        chosen = read_query(StatisticsQuerySerializer, request)
        return json_response(statistics_body(chosen, _slots_of(caller, found, chosen)))


class GameStatisticsView(ApiView):
    """GET /api/v1/manage/games/{game_id}/statistics."""

    access = {"GET": Access(key=Scope.DEFINITIONS_WRITE, session=True, test_keys=False)}
    stale_ok = True
    tags = ("Management",)

    @operation(
        "Statistics of a game",
        responses={200: GameStatisticsSerializer},
        parameters=[
            query("start_date", _DATE, "First day, UTC; 29 days before the last when left out."),
            query("end_date", _DATE, "Last day, included; today when left out."),
            query("interval", str, "Up to 30 days by hour, 366 by day.", enum=list(DAYS_MAX), default="day"),
        ],
        description="What players did, hour by hour or day by day, and how rare each achievement was on each day. "
        "Computed after each hour and day; offline play counts when it was played.",
    )
    def get(self, request: Request, game_id: UUID) -> HttpResponse:
        game = open_managed_game(require_caller(request), game_id)
        chosen = read_query(GameStatisticsQuerySerializer, request)
        start, end = chosen["start_date"], chosen["end_date"]
        slots = slots_of(game.id, start=start, end=end, interval=chosen["interval"])
        achievements = rarity_of(game.id, start=start, end=end)
        return json_response(game_statistics_body(chosen, slots, achievements))


class CompareView(ApiView):
    access = {"GET": PUBLIC_LIVE}
    stale_ok = True
    tags = ("Statistics",)

    @operation(
        "Compare players",
        responses={200: ComparisonSerializer},
        parameters=[
            query("players", str, "Two to five ids, with commas between.", required=True, is_united=True),
            query("game", _UUID, "In this game only."),
        ],
        errors=(PlayerNotFoundError, GameNotFoundError),
        description="In total and in each game that any of them has points in: the published ones, and a key's own.",
    )
    def get(self, request: Request) -> HttpResponse:
        chosen = read_query(CompareQuerySerializer, request)
        caller = caller_of(request)
        players, game_id = [seen_player(caller, player_id) for player_id in chosen["players"]], chosen.get("game")
        if game_id is not None:
            readable_game(game_id, caller)
        sides = sides_of([player.id for player in players], game_id=game_id, key_game_id=key_game_of(caller))
        return json_response(comparison_body(players, sides, total_scope=game_id or PLATFORM_ID))


def _slots_of(caller: Caller | None, player: Player, chosen: dict[str, Any]) -> list[Slot]:
    """Return a player's statistics; none for a game that the caller may not see, or an unknown one."""
    game_id = chosen.get("game")
    is_own = caller is not None and caller.game_id == game_id and player.id in caller.own_ids
    if game_id is not None and not is_own and not games_seen_by(caller).filter(pk=game_id).exists():
        return []
    start, end, interval = (chosen[name] for name in ("start_date", "end_date", "interval"))
    return statistics_of(player.id, start=start, end=end, interval=interval, game_id=game_id)
