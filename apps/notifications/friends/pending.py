"""Unlocks of friends that wait to be sent to a player, stored by ids."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from apps.core.database.sql import text_array
from apps.notifications.payloads.friend_unlocks import FriendUnlocked
from apps.notifications.payloads.subjects import shown_achievements, shown_players
from apps.players.queries import seen_pairs

_ADD = """
INSERT INTO friend_waiting (player_id, friend_id, achievement_id, unlocked_at, in_digest)
SELECT * FROM unnest(%s::text::uuid[], %s::text::uuid[], %s::text::uuid[], %s::text::timestamptz[], %s::boolean[])
"""
# Each player's oldest, up to the limit.
_TAKE = """
WITH taken AS (
    SELECT w.id FROM unnest(%(player_ids)s::text::uuid[]) AS p (player_id)
    CROSS JOIN LATERAL (
        SELECT id FROM friend_waiting WHERE player_id = p.player_id AND (in_digest = %(in_digest)s)
        ORDER BY id LIMIT %(limit)s) w
)
DELETE FROM friend_waiting w USING taken WHERE w.id = taken.id
RETURNING w.id, w.player_id, w.friend_id, w.achievement_id, w.unlocked_at
"""
_MOVE_TO_DIGEST = """
UPDATE friend_waiting SET in_digest = true WHERE player_id = ANY (%s::text::uuid[]) AND NOT in_digest
"""


@dataclass(frozen=True, slots=True)
class PendingUnlock:
    """An unlock of a friend, waiting for a player."""

    player_id: UUID
    friend_id: UUID
    achievement_id: UUID
    unlocked_at: datetime


def add(unlocks: Sequence[PendingUnlock], *, in_digest: Collection[PendingUnlock]) -> None:
    """Store unlocks, some of them for the digest. One statement."""
    if not unlocks:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            _ADD,
            [
                text_array(item.player_id.hex for item in unlocks),
                text_array(item.friend_id.hex for item in unlocks),
                text_array(item.achievement_id.hex for item in unlocks),
                text_array(item.unlocked_at.isoformat() for item in unlocks),
                [item in in_digest for item in unlocks],
            ],
        )


def take(player_ids: Collection[UUID], *, in_digest: bool, limit: int) -> dict[UUID, list[PendingUnlock]]:
    """Delete and return what waits for players, oldest first, up to `limit` for each. Two queries.

    Leaves out friends whom the player may no longer see.
    """
    if not player_ids:
        return {}
    chosen: dict[str, Any] = {"player_ids": _array(player_ids), "in_digest": in_digest, "limit": limit}
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, chosen)
        rows = sorted(cursor.fetchall())
    seen = seen_pairs({(player_id, friend_id) for _, player_id, friend_id, *_ in rows})
    found: dict[UUID, list[PendingUnlock]] = defaultdict(list)
    for _, player_id, friend_id, *columns in rows:
        if (player_id, friend_id) in seen:
            found[player_id].append(PendingUnlock(player_id, friend_id, *columns))
    return found


def move_to_digest(player_ids: Collection[UUID]) -> None:
    """Move unlocks that were to be grouped for these players to the digest. One statement."""
    if player_ids:
        with connection.cursor() as cursor:
            cursor.execute(_MOVE_TO_DIGEST, [_array(player_ids)])


def described(unlocks: Iterable[PendingUnlock]) -> dict[PendingUnlock, FriendUnlocked]:
    """Return unlocks with current names of player and achievement; leaves out what no longer exists. Two queries."""
    listed = list(unlocks)
    players = shown_players({item.friend_id for item in listed})
    achievements = shown_achievements({item.achievement_id for item in listed})
    return {
        item: FriendUnlocked(players[item.friend_id], achievements[item.achievement_id], item.unlocked_at)
        for item in listed
        if item.friend_id in players and item.achievement_id in achievements
    }


def _array(player_ids: Iterable[UUID]) -> str:
    return text_array(player_id.hex for player_id in player_ids)
