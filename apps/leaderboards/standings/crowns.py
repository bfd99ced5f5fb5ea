"""Crowns: who has completed a game, since when, and which unlocks that rests on."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from django.db import connection, transaction

from apps.core.clock import now
from apps.core.database.sql import read_sql, text_array
from apps.leaderboards.boards.windows import BEGINNING
from apps.leaderboards.events import GameCompleted
from apps.leaderboards.models import Crown

# A player and a game.
Pair = tuple[UUID, UUID]
# Crowns of a player in a game that are set aside, so that revoking and earning again for ever fills no row.
SET_ASIDE_MAX = 20

_PAIRS = """
    unnest(%(player_ids)s::text::uuid[], %(game_ids)s::text::uuid[]) AS e (player_id, game_id)
    JOIN published p ON p.game_id = e.game_id
    JOIN standing s ON s.player_id = e.player_id AND s.scope_id = e.game_id"""
_ALL_PLAYERS = "published p JOIN standing s ON s.scope_id = p.game_id"
# A crown that was withdrawn gives way to the new one.
_AGAIN = f"""DO UPDATE SET
    completed_at = excluded.completed_at, achievement_ids = excluded.achievement_ids, withdrawn_at = NULL,
    is_time_gone = false,
    set_aside = CASE WHEN jsonb_array_length(c.set_aside) < {SET_ASIDE_MAX} THEN c.set_aside || jsonb_build_object(
        'completed_at', c.completed_at, 'achievement_ids', c.achievement_ids, 'is_time_gone', c.is_time_gone)
        ELSE c.set_aside END
WHERE c.withdrawn_at IS NOT NULL"""
_TAKE = """
DELETE FROM crown WHERE player_id = ANY (%s)
RETURNING game_id, completed_at, achievement_ids, recorded_at, withdrawn_at, is_time_gone, set_aside
"""


class Change(NamedTuple):
    """A player of a game of whose unlocks one came, or is gone, with the time that it had."""

    player_id: UUID
    game_id: UUID
    gone_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Taken:
    """A crown of either of two merged players."""

    game_id: UUID
    completed_at: datetime
    achievement_ids: list[UUID]
    recorded_at: datetime
    withdrawn_at: datetime | None
    is_time_gone: bool
    set_aside: str

    @property
    def order(self) -> tuple[UUID, bool, datetime]:
        """Return what puts the one that stays first in its game."""
        return self.game_id, self.withdrawn_at is not None, self.completed_at


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


def record_past_crowns(game_id: UUID) -> list[GameCompleted]:
    """Crown all players of a game who never were, for a migration that comes before crowns were set aside."""
    return _record(_ALL_PLAYERS, again="DO NOTHING", games=[game_id])


def settle_crowns(changes: Iterable[Change]) -> None:
    """Withdraw the players' crowns that rest on an unlock which is gone, and give back the earliest that has all its.

    One query.
    """
    chosen = list(changes)
    with connection.cursor() as cursor:
        cursor.execute(
            read_sql("leaderboards", "settle_crowns"),
            {
                "player_ids": text_array(change.player_id.hex for change in chosen),
                "game_ids": text_array(change.game_id.hex for change in chosen),
                "gone_ats": text_array(
                    None if change.gone_at is None else change.gone_at.isoformat() for change in chosen
                ),
                "moment": now(),
            },
        )


@transaction.atomic
def merge_crowns(*, from_player_id: UUID, into_player_id: UUID) -> None:
    """Give a merged player's crowns to the one they became; of two of a game the earlier one stands."""
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [[from_player_id, into_player_id]])
        taken = sorted((_Taken(*row) for row in cursor.fetchall()), key=attrgetter("order"))
    of_games = groupby(taken, key=attrgetter("game_id"))
    Crown.objects.bulk_create(_merged(into_player_id, *crowns) for _, crowns in of_games)


def crowns_of(player_id: UUID, game_ids: Collection[UUID] | None = None) -> dict[UUID, datetime]:
    """Return since when a player has completed each game (or each of these): crowns that hold. One query."""
    held = Crown.objects.filter(player_id=player_id, withdrawn_at=None)
    if game_ids is not None:
        held = held.filter(game_id__in=game_ids)
    return dict(held.values_list("game_id", "completed_at"))


def _merged(player_id: UUID, stands: _Taken, *others: _Taken) -> Crown:
    set_aside = [entry for crown in (stands, *others) for entry in orjson.loads(crown.set_aside)]
    set_aside += [
        {
            "completed_at": crown.completed_at.isoformat(),
            "achievement_ids": list(map(str, crown.achievement_ids)),
            "is_time_gone": crown.is_time_gone,
        }
        for crown in others
    ]
    return Crown(
        player_id=player_id,
        game_id=stands.game_id,
        completed_at=stands.completed_at,
        achievement_ids=stands.achievement_ids,
        recorded_at=min(crown.recorded_at for crown in (stands, *others)),
        withdrawn_at=stands.withdrawn_at,
        is_time_gone=stands.is_time_gone,
        set_aside=set_aside[:SET_ASIDE_MAX],
    )


def _record(candidates: str, *, again: str = _AGAIN, games: Collection[UUID], **columns: str) -> list[GameCompleted]:
    named: dict[str, Any] = {"games": text_array(game_id.hex for game_id in games), "moment": now(), **columns}
    with connection.cursor() as cursor:
        cursor.execute(_statement(candidates, again), named)
        return _first_completions(cursor.fetchall())


@cache
def _statement(candidates: str, again: str) -> str:
    return read_sql("leaderboards", "record_crowns", candidates=candidates, again=again, beginning=str(BEGINNING))


def _first_completions(rows: Sequence[tuple[UUID, UUID, int, datetime, bool]]) -> list[GameCompleted]:
    return [
        GameCompleted(player_id, game_id, count, completed_at)
        for player_id, game_id, count, completed_at, is_first in rows
        if is_first
    ]
