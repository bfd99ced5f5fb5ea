"""Play time, dashboards, statistics and comparisons as JSON."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from orjson import Fragment

from apps.analytics.play_time.sessions import PlayTimeOutcome
from apps.analytics.queries import DashboardGame
from apps.analytics.statistics.comparisons import Side
from apps.analytics.statistics.game_series import GameSlot, Named, RarityOfDay
from apps.analytics.statistics.player_series import Slot
from apps.leaderboards.boards.board import PLATFORM_ID
from apps.leaderboards.bodies import crown_body
from apps.leaderboards.places import Rank
from apps.players.bodies import player_body
from apps.players.models import Player
from apps.unlocks.bodies import unlock_json
from apps.unlocks.first_pages import ListEntry


def play_time_body(outcome: PlayTimeOutcome, *, player_id: UUID, game_id: UUID, session_id: str) -> dict[str, object]:
    return {
        "player_id": player_id,
        "game_id": game_id,
        "session_id": session_id,
        "seconds": outcome.seconds,
        "recorded": outcome.is_recorded,
        "total_seconds": outcome.total_seconds,
    }


def dashboard_body(
    player: Player,
    *,
    games: Sequence[DashboardGame],
    rank: Rank | None,
    latest: Iterable[ListEntry],
) -> dict[str, object]:
    return {
        "player": player_body(player),
        "totals": {
            "points": sum(game.points for game in games),
            "achievement_count": sum(game.achievement_count for game in games),
            "unlock_count": sum(game.unlock_count for game in games),
            "playtime_seconds": sum(game.playtime_seconds for game in games),
            "game_count": len(games),
            "completed_count": sum(game.completed_at is not None for game in games),
        },
        "rank": None if rank is None else _rank_body(rank),
        "games": [_game_body(game) for game in games],
        "latest_unlocks": [Fragment(unlock_json(entry)) for entry in latest],
    }


def _rank_body(rank: Rank) -> dict[str, object]:
    return {"rank": rank.rank, "total_players": rank.total_players, "percentile": rank.percentile}


def _game_body(game: DashboardGame) -> dict[str, object]:
    return {
        "id": game.id,
        "slug": game.slug,
        "name": game.name,
        "cover_url": game.cover_url,
        "playtime_hours": round(game.playtime_seconds / 3600, 2),
        "playtime_seconds": game.playtime_seconds,
        "achievement_count": game.achievement_count,
        "total_achievements": game.total_achievements,
        "completion_percentage": game.completion_percentage,
        "points": game.points,
        "total_points": game.total_points,
        "last_played_at": game.last_played_at,
        "crown": crown_body(game.completed_at),
    }


def statistics_body(chosen: Mapping[str, object], slots: Iterable[Slot]) -> dict[str, object]:
    return _days_body(chosen) | {"results": [_slot_body(slot) for slot in slots]}


def game_statistics_body(
    chosen: Mapping[str, Any], slots: Iterable[GameSlot], achievements: Mapping[Named, Iterable[RarityOfDay]]
) -> dict[str, Any]:
    return _days_body(chosen) | {
        "results": [_game_slot_body(slot, chosen["interval"]) for slot in slots],
        "achievements": [
            {"achievement_id": achievement_id, "key": key, "set": set_key, "days": [asdict(day) for day in days]}
            for (achievement_id, key, set_key), days in achievements.items()
        ],
    }


def comparison_body(players: Sequence[Player], sides: list[Side], *, total_scope: UUID) -> dict[str, object]:
    ids = [player.id for player in players]
    scopes = dict.fromkeys(side.scope_id for side in sides if side.scope_id != PLATFORM_ID)
    return {
        "players": [player_body(player) for player in players],
        "totals": _side_bodies(ids, sides, total_scope),
        "games": [_compared_game_body(ids, sides, scope) for scope in scopes],
    }


def _days_body(chosen: Mapping[str, object]) -> dict[str, object]:
    return {name: chosen[name] for name in ("start_date", "end_date", "interval")}


def _slot_body(slot: Slot) -> dict[str, object]:
    return {
        "recorded_at": slot.recorded_at,
        "playtime_hours": round(slot.playtime_seconds / 3600, 4),
        "unlock_count": slot.unlock_count,
        "points": slot.points,
        "achievement_count": slot.achievement_count,
        "completion_percentage": slot.completion_percentage,
    }


def _game_slot_body(slot: GameSlot, interval: str) -> dict[str, object]:
    return {
        "recorded_at": slot.slot,
        "unlock_count": slot.unlocks,
        "points": slot.points if interval == "day" else None,
        "player_count": slot.players,
        "playtime_hours": round(slot.playtime / 3600, 4),
        "players_by_region": slot.players_by_region,
    }


def _compared_game_body(ids: list[UUID], sides: list[Side], scope_id: UUID) -> dict[str, object]:
    first = next(side for side in sides if side.scope_id == scope_id)
    return {
        "id": scope_id,
        "slug": first.slug,
        "name": first.name,
        "total_achievements": first.total_achievements,
        "sides": _side_bodies(ids, sides, scope_id),
    }


def _side_bodies(ids: list[UUID], sides: list[Side], scope_id: UUID) -> list[dict[str, object]]:
    held = {side.player_id: side for side in sides if side.scope_id == scope_id}
    return [
        {
            "player_id": player_id,
            "points": held[player_id].points if player_id in held else 0,
            "achievement_count": held[player_id].achievement_count if player_id in held else 0,
        }
        for player_id in ids
    ]
