"""Reads for the live view of a game's unlocks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import cast

from apps.core.media import media_url
from apps.games.models import Achievement, Game
from apps.players.models import Player
from apps.players.queries import players_known_to, players_seen_by
from apps.unlocks.models import SandboxUnlock, Unlock, UnlockColumns

TAIL_LENGTH = 50


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


def tail_of(game: Game) -> list[TailRow]:
    """Return the game's newest unlocks by the time they were earned, test ones included. Six queries.

    Like its keys, a studio sees players that its game knows, and others if anyone may.
    """
    ledger = Unlock.objects.filter(game_id=game.id).order_by("-unlocked_at")
    sandbox = SandboxUnlock.objects.filter(game_id=game.id).order_by("-recorded_at")
    rows = [*_newest(ledger[:TAIL_LENGTH], is_test=False), *_newest(sandbox[:TAIL_LENGTH], is_test=True)]
    rows.sort(key=lambda row: row[0].unlocked_at, reverse=True)
    return _described(game, rows[:TAIL_LENGTH])


def _newest(unlocks: object, *, is_test: bool) -> list[tuple[UnlockColumns, bool]]:
    return [(unlock, is_test) for unlock in cast("Sequence[UnlockColumns]", unlocks)]


def _described(game: Game, rows: Sequence[tuple[UnlockColumns, bool]]) -> list[TailRow]:
    players = Player.objects.in_bulk({unlock.player_id for unlock, _ in rows})
    public = set(players_seen_by(None).filter(pk__in=players).values_list("pk", flat=True))
    named = public | players_known_to(game.id, players)
    achievements = Achievement.objects.in_bulk({unlock.achievement_id for unlock, _ in rows})
    # A draft that only test keys unlocked may have been deleted.
    return [
        _row(
            unlock,
            achievements[unlock.achievement_id],
            name=players[unlock.player_id].display_name if unlock.player_id in named else "",
            handle=players[unlock.player_id].handle if unlock.player_id in public else "",
            is_test=is_test,
        )
        for unlock, is_test in rows
        if unlock.player_id in players and unlock.achievement_id in achievements
    ]


def _row(unlock: UnlockColumns, achievement: Achievement, *, name: str, handle: str, is_test: bool) -> TailRow:
    return TailRow(
        id=blake2b(f"{unlock.player_id}{unlock.achievement_id}{is_test}".encode(), digest_size=12).hexdigest(),
        unlocked_at=unlock.unlocked_at,
        player_name=name,
        player_handle=handle,
        achievement_name=achievement.name,
        achievement_key=achievement.key,
        icon_url=media_url(achievement.icon),
        points=unlock.points,
        is_test=is_test,
    )
