"""Reads for the live view of a game's unlocks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Any
from uuid import UUID

from django.db import connection

from apps.core.media import media_url
from apps.games.models import Achievement, Game
from apps.players.models import Player
from apps.players.queries import players_known_to, players_seen_by
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


@dataclass(frozen=True, slots=True)
class _Earned:
    """An unlock, or the hardcore of one, at its own time."""

    player_id: UUID
    achievement_id: UUID
    earned_at: datetime
    points: int
    is_test: bool = False
    is_hardcore: bool = False


def tail_of(game: Game) -> list[TailRow]:
    """Return the game's newest unlocks by the time they were earned, test ones included. Six queries.

    Where the game has modes, two more: what was earned in hardcore later than the unlock is a row of its own.
    Like its keys, a studio sees players that its game knows, and others if anyone may.
    """
    ledger = Unlock.objects.filter(game_id=game.id).order_by("-unlocked_at")
    sandbox = SandboxUnlock.objects.filter(game_id=game.id).order_by("-recorded_at")
    live, test = list(ledger[:TAIL_LENGTH]), list(sandbox[:TAIL_LENGTH])
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
    players = Player.objects.in_bulk({unlock.player_id for unlock in rows})
    public = set(players_seen_by(None).filter(pk__in=players).values_list("pk", flat=True))
    named = public | players_known_to(game.id, players)
    achievements = Achievement.objects.in_bulk({unlock.achievement_id for unlock in rows})
    # A draft that only test keys unlocked may have been deleted.
    return [
        _row(
            unlock,
            achievements[unlock.achievement_id],
            name=players[unlock.player_id].display_name if unlock.player_id in named else "",
            handle=players[unlock.player_id].handle if unlock.player_id in public else "",
        )
        for unlock in rows
        if unlock.player_id in players and unlock.achievement_id in achievements
    ]


def _row(unlock: _Earned, achievement: Achievement, *, name: str, handle: str) -> TailRow:
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
