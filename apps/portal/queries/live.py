"""Reads for the live view of a game's unlocks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from apps.core.media import media_url
from apps.games.models import Achievement, Game
from apps.players.models import Player
from apps.unlocks.models import SandboxUnlock, Unlock, UnlockColumns

TAIL_LENGTH = 50


@dataclass(frozen=True, slots=True)
class TailRow:
    """An unlock of the game, or what a test key reported as one."""

    id: str
    unlocked_at: datetime
    player_name: str
    player_handle: str
    achievement_name: str
    achievement_key: str
    icon_url: str
    points: int
    is_test: bool


def tail_of(game: Game) -> list[TailRow]:
    """Return the game's newest unlocks by the time they were earned, test ones among them. Four queries."""
    ledger = Unlock.objects.filter(game_id=game.id).order_by("-unlocked_at")
    sandbox = SandboxUnlock.objects.filter(game_id=game.id).order_by("-recorded_at")
    rows = [*_newest(ledger[:TAIL_LENGTH], is_test=False), *_newest(sandbox[:TAIL_LENGTH], is_test=True)]
    rows.sort(key=lambda row: row[0].unlocked_at, reverse=True)
    return _described(rows[:TAIL_LENGTH])


def _newest(unlocks: object, *, is_test: bool) -> list[tuple[UnlockColumns, bool]]:
    return [(unlock, is_test) for unlock in cast("Sequence[UnlockColumns]", unlocks)]


def _described(rows: Sequence[tuple[UnlockColumns, bool]]) -> list[TailRow]:
    players = Player.objects.in_bulk({unlock.player_id for unlock, _ in rows})
    achievements = Achievement.objects.in_bulk({unlock.achievement_id for unlock, _ in rows})
    # A draft that only test keys unlocked may be deleted since.
    return [
        _row(unlock, players[unlock.player_id], achievements[unlock.achievement_id], is_test=is_test)
        for unlock, is_test in rows
        if unlock.player_id in players and unlock.achievement_id in achievements
    ]


def _row(unlock: UnlockColumns, player: Player, achievement: Achievement, *, is_test: bool) -> TailRow:
    return TailRow(
        id=f"{unlock.player_id.hex}{unlock.achievement_id.hex}{'t' if is_test else ''}",
        unlocked_at=unlock.unlocked_at,
        player_name=player.display_name,
        player_handle=player.handle,
        achievement_name=achievement.name,
        achievement_key=achievement.key,
        icon_url=media_url(achievement.icon),
        points=unlock.points,
        is_test=is_test,
    )
