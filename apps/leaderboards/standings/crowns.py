"""Crowns: who has completed a game, since when, and which unlocks that rests on."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from apps.core.clock import now
from apps.core.database.sql import read_sql, text_array
from apps.leaderboards.boards.windows import BEGINNING
from apps.leaderboards.events import GameCompleted
from apps.leaderboards.models import Crown

# A player and a game.
Pair = tuple[UUID, UUID]

_PAIRS = """
    unnest(%(player_ids)s::text::uuid[], %(game_ids)s::text::uuid[]) AS e (player_id, game_id)
    JOIN published p ON p.game_id = e.game_id
    JOIN standing s ON s.player_id = e.player_id AND s.scope_id = e.game_id"""
_ALL_PLAYERS = "published p JOIN standing s ON s.scope_id = p.game_id"
_TAKE = """
DELETE FROM crown WHERE player_id = ANY (%s)
RETURNING game_id, completed_at, achievement_ids, recorded_at, withdrawn_at
"""


@dataclass(frozen=True, slots=True)
class _Taken:
    """A crown of either of two merged players."""

    game_id: UUID
    completed_at: datetime
    achievement_ids: list[UUID]
    recorded_at: datetime
    withdrawn_at: datetime | None


def record_crowns(pairs: Iterable[Pair]) -> list[GameCompleted]:
    """Crown those of the players who have completed their game by now; return the first completions among them.

    One query. Repeated or raced, it crowns nobody twice.
    """
    chosen = sorted(set(pairs))
    return _record(
        _PAIRS,
        games={game_id for _, game_id in chosen},
        player_ids=text_array(player_id.hex for player_id, _ in chosen),
        game_ids=text_array(game_id.hex for _, game_id in chosen),
    )


def record_crowns_in(game_ids: Collection[UUID]) -> list[GameCompleted]:
    """Crown all players of games as record_crowns does. One query over the games' players."""
    return _record(_ALL_PLAYERS, games=game_ids)


def settle_crowns(pairs: Iterable[Pair]) -> None:
    """Withdraw the players' crowns that rest on an unlock which is gone, and give back those that have all theirs."""
    chosen = sorted(set(pairs))
    with connection.cursor() as cursor:
        cursor.execute(
            read_sql("leaderboards", "settle_crowns"),
            {
                "player_ids": text_array(player_id.hex for player_id, _ in chosen),
                "game_ids": text_array(game_id.hex for _, game_id in chosen),
                "moment": now(),
            },
        )


@transaction.atomic
def merge_crowns(*, from_player_id: UUID, into_player_id: UUID) -> None:
    """Give a merged player's crowns to the one they became; of two of a game the earlier one stays."""
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [[from_player_id, into_player_id]])
        taken = [_Taken(*row) for row in cursor.fetchall()]
    best: dict[UUID, _Taken] = {}
    for crown in sorted(taken, key=lambda item: (item.withdrawn_at is not None, item.completed_at)):
        best.setdefault(crown.game_id, crown)
    Crown.objects.bulk_create(_crown(into_player_id, best[game_id]) for game_id in sorted(best))


def crowns_of(player_id: UUID, game_ids: Collection[UUID] | None = None) -> dict[UUID, datetime]:
    """Return since when a player has completed each game (or each of these): crowns that hold. One query."""
    held = Crown.objects.filter(player_id=player_id, withdrawn_at=None)
    if game_ids is not None:
        held = held.filter(game_id__in=game_ids)
    return dict(held.values_list("game_id", "completed_at"))


def _crown(player_id: UUID, taken: _Taken) -> Crown:
    return Crown(
        player_id=player_id,
        game_id=taken.game_id,
        completed_at=taken.completed_at,
        achievement_ids=taken.achievement_ids,
        recorded_at=taken.recorded_at,
        withdrawn_at=taken.withdrawn_at,
    )


def _record(candidates: str, *, games: Collection[UUID], **columns: str) -> list[GameCompleted]:
    named: dict[str, Any] = {"games": text_array(game_id.hex for game_id in games), "moment": now(), **columns}
    with connection.cursor() as cursor:
        cursor.execute(_statement(candidates), named)
        return _first_completions(cursor.fetchall())


@cache
def _statement(candidates: str) -> str:
    return read_sql("leaderboards", "record_crowns", candidates=candidates, beginning=str(BEGINNING))


def _first_completions(rows: Sequence[tuple[UUID, UUID, int, datetime, bool]]) -> list[GameCompleted]:
    return [
        GameCompleted(player_id, game_id, count, completed_at)
        for player_id, game_id, count, completed_at, is_first in rows
        if is_first
    ]
