"""Reads for the live view of a game's unlocks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Any, ClassVar, NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from apps.core.database.composed import Tuples, composed
from apps.core.media import media_url
from apps.games.models import Achievement, Game
from apps.players.querysets import seen_sql
from apps.unlocks.models import HardcoreUnlock, SandboxHardcoreUnlock, SandboxUnlock, Unlock, UnlockColumns

TAIL_LENGTH = 50
# The newest of each achievement, along hardcore_unlock_game_idx: no index has a game's by time.
_LATER = """
SELECT h.player_id, h.achievement_id, h.hardcore_at, u.points
FROM achievement a
CROSS JOIN LATERAL (
    SELECT * FROM hardcore_unlock h WHERE h.game_id = a.game_id AND h.achievement_id = a.id
    ORDER BY hardcore_at DESC LIMIT %(limit)s) h
JOIN unlock u ON u.player_id = h.player_id AND u.achievement_id = h.achievement_id AND u.recorded_at <> h.recorded_at
WHERE a.game_id = %(game_id)s
ORDER BY h.hardcore_at DESC, h.player_id, h.achievement_id LIMIT %(limit)s
"""
# Whom anyone may see, and whom the game knows.
_PLAYERS = f"""
SELECT p.id, p.display_name, p.handle, {seen_sql("p", None)},
    EXISTS (SELECT FROM external_identity x WHERE x.player_id = p.id AND x.game_id = %(game_id)s)
FROM player p WHERE p.id = ANY (%(ids)s)
"""  # noqa: S608 - put together from constants


@dataclass(frozen=True, slots=True)
class TailRow:
    """An unlock in the game, or a test key's report of one."""

    id: str
    unlocked_at: datetime
    # Empty unless the player is public or known to the game; the handle is empty without a page anyone may see.
    player_name: str
    player_handle: str
    achievement_name: str
    achievement_key: str
    icon_url: str
    points: int
    is_test: bool
    # Earned in hardcore, or a row of its own for what was earned in hardcore later.
    is_hardcore: bool
    # As cards of players have it; a studio sees all.
    is_masked: ClassVar[bool] = False


class _Achievement(NamedTuple):
    id: UUID
    name: str
    key: str
    icon: str


@dataclass(frozen=True, slots=True)
class _Earned:
    """An unlock, or the hardcore of one, at its own time."""

    player_id: UUID
    achievement_id: UUID
    earned_at: datetime
    points: int
    is_test: bool = False
    is_hardcore: bool = False


@composed
def _newest(game_id: UUID) -> QuerySet[Unlock]:
    return Unlock.objects.filter(game_id=game_id).order_by("-unlocked_at")[:TAIL_LENGTH]


@composed
def _newest_tests(game_id: UUID) -> QuerySet[SandboxUnlock]:
    return SandboxUnlock.objects.filter(game_id=game_id).order_by("-recorded_at")[:TAIL_LENGTH]


@composed
def _achievements(ids: list[UUID]) -> Tuples:
    return Achievement.objects.filter(pk__among=ids).values_list("id", "name", "key", "icon")


def tail_of(game: Game) -> list[TailRow]:
    """Return the game's newest unlocks by the time they were earned, test ones included. Four queries.

    Where the game has modes, two more: what was earned in hardcore later than the unlock is a row of its own.
    Like its keys, a studio sees players that its game knows, and others if anyone may.
    """
    live, test = _newest.rows(game_id=game.id), _newest_tests.rows(game_id=game.id)
    rows = [*_marked(live, game, is_test=False), *_marked(test, game, is_test=True), *_in_hardcore_later(game)]
    rows.sort(key=lambda row: row.earned_at, reverse=True)
    return _described(game, rows[:TAIL_LENGTH])


def _marked(unlocks: Sequence[UnlockColumns], game: Game, *, is_test: bool) -> list[_Earned]:
    """Return the unlocks, marked if their report was in hardcore. A query where the game has modes."""
    together: set[tuple[UUID, UUID, datetime]] = set()
    if unlocks and game.has_modes:
        model: Any = SandboxHardcoreUnlock if is_test else HardcoreUnlock
        players, achievements = {item.player_id for item in unlocks}, {item.achievement_id for item in unlocks}
        found = model.objects.filter(player_id__in=players, achievement_id__in=achievements)
        together = set(found.values_list("player_id", "achievement_id", "recorded_at"))
    return [
        _Earned(
            *(item.player_id, item.achievement_id, item.unlocked_at, item.points),
            is_test,
            (item.player_id, item.achievement_id, item.recorded_at) in together,
        )
        for item in unlocks
    ]


def _in_hardcore_later(game: Game) -> list[_Earned]:
    """Return the newest of what was earned in hardcore after the unlock. One query where the game has modes."""
    if not game.has_modes:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_LATER, {"game_id": game.id, "limit": TAIL_LENGTH})
        return [
            _Earned(player_id, achievement_id, earned_at, points, is_hardcore=True)
            for player_id, achievement_id, earned_at, points in cursor.fetchall()
        ]


def _described(game: Game, rows: Sequence[_Earned]) -> list[TailRow]:
    players = _players_of(game, {unlock.player_id for unlock in rows})
    ids = list({unlock.achievement_id for unlock in rows})
    achievements = {row[0]: _Achievement(*row) for row in _achievements.rows(ids=ids)}
    # A draft that only test keys unlocked may have been deleted.
    return [
        _row(
            unlock,
            achievements[unlock.achievement_id],
            *players[unlock.player_id],
        )
        for unlock in rows
        if unlock.player_id in players and unlock.achievement_id in achievements
    ]


def _players_of(game: Game, ids: set[UUID]) -> dict[UUID, tuple[str, str]]:
    """Return players' names and handles, empty where the studio may not see them. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_PLAYERS, {"game_id": game.id, "ids": list(ids)})
        return {
            player_id: (name if is_public or is_known else "", handle if is_public else "")
            for player_id, name, handle, is_public, is_known in cursor.fetchall()
        }


def _row(unlock: _Earned, achievement: _Achievement, name: str, handle: str) -> TailRow:
    same = f"{unlock.player_id}{unlock.achievement_id}{unlock.is_test}{unlock.earned_at if unlock.is_hardcore else ''}"
    return TailRow(
        id=blake2b(same.encode(), digest_size=12).hexdigest(),
        unlocked_at=unlock.earned_at,
        player_name=name,
        player_handle=handle,
        achievement_name=achievement.name,
        achievement_key=achievement.key,
        icon_url=media_url(achievement.icon),
        points=unlock.points,
        is_test=unlock.is_test,
        is_hardcore=unlock.is_hardcore,
    )
