"""Play time, dashboards, statistics and comparisons over HTTP."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from rest_framework.request import Request

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
from apps.analytics.statistics.comparisons import Side, sides_of
from apps.analytics.statistics.game_series import GameSlot, rarity_of, slots_of
from apps.analytics.statistics.player_series import DAYS_MAX, Slot, statistics_of
from apps.core.api.auth.callers import Access, Caller, NotAuthenticatedError, Scope, caller_of, require_caller
from apps.core.api.openapi.operations import operation, query
from apps.core.api.views import ApiView
from apps.core.api.wire.inputs import read, read_query
from apps.core.api.wire.responses import json_answer
from apps.core.errors import NotFoundError
from apps.games.access import open_managed_game
from apps.games.queries import games_open_to
from apps.leaderboards.boards.board import PLATFORM_ID
from apps.players.bodies import player_body
from apps.players.errors import PlayerNotFoundError
from apps.players.models import Player
from apps.players.queries import followed_player
from apps.players.visibility import key_game_of, represented_player, seen_player
from apps.unlocks.errors import GameNotPublishedError

READERS = Access(key=Scope.READ, token=True, session=True, anonymous=True, test_keys=False)
_UUID = {"type": "string", "format": "uuid"}
_DATE = {"type": "string", "format": "date"}


class PlayTimeView(ApiView):
    access = {"POST": Access(key=Scope.UNLOCKS_WRITE, token=True, test_keys=False)}
    tags = ("Statistics",)
    rate = "write"

    @operation(
        "Report play time",
        request=PlayTimeReportSerializer,
        answers={200: PlayTimeAnswerSerializer, 201: PlayTimeAnswerSerializer},
        errors=(EndedAtError, PlayerNotFoundError, GameNotPublishedError),
        description="201 when it added play time, 200 when it was counted before. A session reported again with more "
        "seconds grows by the difference; it never shrinks.",
    )
    def post(self, request: Request, player: UUID | None) -> HttpResponse:
        caller = require_caller(request)
        game_id, player_id = _game_of(caller), _reported_player(caller, player)
        report = read(PlayTimeReportSerializer, request.data)
        outcome = add_play_time(player_id=player_id, game_id=game_id, **report)
        body = {
            "player_id": player_id,
            "game_id": game_id,
            "session_id": report["session_id"],
            "seconds": outcome.seconds,
            "recorded": outcome.is_recorded,
            "total_seconds": outcome.total_seconds,
        }
        return json_answer(body, status=201 if outcome.is_recorded else 200)


class DashboardView(ApiView):
    access = {"GET": READERS}
    tags = ("Statistics",)

    @operation(
        "Dashboard of a player",
        answers={200: DashboardSerializer},
        errors=(PlayerNotFoundError, NotAuthenticatedError),
        description="Every game with play time and completion, totals, rank and the latest unlocks. Changes show at "
        "once with play time, and with the boards for unlocks.",
    )
    def get(self, request: Request, player: UUID | None) -> HttpResponse:
        caller = caller_of(request)
        found = seen_player(caller, player)
        body = dashboard(found, _eyes(caller, found), key_game_id=key_game_of(caller))
        return HttpResponse(body, content_type="application/json")


class StatisticsView(ApiView):
    access = {"GET": READERS}
    tags = ("Statistics",)

    @operation(
        "Statistics of a player",
        answers={200: StatisticsSerializer},
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
        slots = _slots_of(caller, found, chosen)
        body = {name: chosen[name] for name in ("start_date", "end_date", "interval")}
        return json_answer(body | {"results": [_slot_body(slot) for slot in slots]})


class GameStatisticsView(ApiView):
    """GET /api/v1/manage/games/{game_id}/statistics."""

    access = {"GET": Access(key=Scope.DEFINITIONS_WRITE, session=True, test_keys=False)}
    tags = ("Management",)

    @operation(
        "Statistics of a game",
        answers={200: GameStatisticsSerializer},
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
        body = {name: chosen[name] for name in ("start_date", "end_date", "interval")}
        return json_answer(
            body
            | {
                "results": [_game_slot_body(slot, chosen["interval"]) for slot in slots],
                "achievements": [
                    {"achievement_id": achievement_id, "key": key, "days": [asdict(day) for day in days]}
                    for (achievement_id, key), days in achievements.items()
                ],
            }
        )


class CompareView(ApiView):
    access = {"GET": READERS}
    tags = ("Statistics",)

    @operation(
        "Compare players",
        answers={200: ComparisonSerializer},
        parameters=[
            query("players", str, "Two to five ids, with commas between.", required=True, is_united=True),
            query("game", _UUID, "In this game only."),
        ],
        errors=(PlayerNotFoundError,),
    )
    def get(self, request: Request) -> HttpResponse:
        chosen = read_query(CompareQuerySerializer, request)
        caller = caller_of(request)
        players = [seen_player(caller, player_id) for player_id in chosen["players"]]
        ids = [player.id for player in players]
        sides = sides_of(ids, game_id=chosen.get("game"))
        scopes = list(dict.fromkeys(side.scope_id for side in sides if side.scope_id != PLATFORM_ID))
        total_scope = chosen.get("game") or PLATFORM_ID
        return json_answer(
            {
                "players": [player_body(player) for player in players],
                "totals": _sides_body(ids, sides, total_scope),
                "games": [_compared_game(ids, sides, scope) for scope in scopes],
            }
        )


def _slots_of(caller: Caller | None, player: Player, chosen: dict[str, Any]) -> list[Slot]:
    """Return a player's statistics; of a game that the caller may not see, none, as of an unknown one."""
    game_id = chosen.get("game")
    if game_id is not None and (caller is None or caller.game_id != game_id):
        account_id = None if caller is None else caller.account_id
        if not games_open_to(account_id).filter(pk=game_id).exists():
            return []
    start, end, interval = (chosen[name] for name in ("start_date", "end_date", "interval"))
    return statistics_of(player.id, start=start, end=end, interval=interval, game_id=game_id)


def _game_of(caller: Caller) -> UUID:
    if caller.game_id is None:
        raise NotFoundError
    return caller.game_id


def _reported_player(caller: Caller, player_id: UUID | None) -> UUID:
    """Return of whom a caller reports: a token of its own player, a key of anyone who plays for real.

    Raises: PlayerNotFoundError.
    """
    wanted = player_id or caller.player_id
    if wanted is not None and caller.kind != "key":
        return represented_player(caller, wanted).id
    found = followed_player(wanted) if wanted else None
    if found is None or found.is_test:
        raise PlayerNotFoundError
    return found.id


def _eyes(caller: Caller | None, player: Player) -> UUID | None:
    """Return the player whose knowledge of hidden achievements counts."""
    if caller is None or caller.kind == "key":
        return None
    return player.id if caller.player_id == player.id else caller.player_id


def _game_slot_body(slot: GameSlot, interval: str) -> dict[str, Any]:
    return {
        "recorded_at": slot.slot,
        "unlock_count": slot.unlocks,
        "points": slot.points if interval == "day" else None,
        "player_count": slot.players,
        "playtime_hours": round(slot.playtime / 3600, 4),
        "players_by_region": slot.players_by_region,
    }


def _slot_body(slot: Slot) -> dict[str, Any]:
    return {
        "recorded_at": slot.recorded_at,
        "playtime_hours": round(slot.playtime_seconds / 3600, 4),
        "unlock_count": slot.unlock_count,
        "points": slot.points,
        "achievement_count": slot.achievement_count,
        "completion_percentage": slot.completion_percentage,
    }


def _compared_game(ids: list[UUID], sides: list[Side], scope_id: UUID) -> dict[str, Any]:
    first = next(side for side in sides if side.scope_id == scope_id)
    return {
        "id": scope_id,
        "slug": first.slug,
        "name": first.name,
        "total_achievements": first.total_achievements,
        "sides": _sides_body(ids, sides, scope_id),
    }


def _sides_body(ids: list[UUID], sides: list[Side], scope_id: UUID) -> list[dict[str, Any]]:
    held = {side.player_id: side for side in sides if side.scope_id == scope_id}
    return [
        {
            "player_id": player_id,
            "points": held[player_id].points if player_id in held else 0,
            "achievement_count": held[player_id].achievement_count if player_id in held else 0,
        }
        for player_id in ids
    ]
