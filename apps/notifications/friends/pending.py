"""Unlocks of friends on their way to a player, by ids until they are told."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from apps.core.database.sql import text_array
from apps.notifications.kinds.earned import FriendUnlocked
from apps.notifications.kinds.shown import shown_achievements, shown_players
from apps.players.queries import seen_pairs

_KEEP = """
INSERT INTO friend_waiting (player_id, friend_id, achievement_id, unlocked_at, in_digest)
SELECT * FROM unnest(%s::text::uuid[], %s::text::uuid[], %s::text::uuid[], %s::text::timestamptz[], %s::boolean[])
"""
# Each player's first so many, in the order in which they came.
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
_PUT_INTO_DIGEST = """
UPDATE friend_waiting SET in_digest = true WHERE player_id = ANY (%s::text::uuid[]) AND NOT in_digest
"""


@dataclass(frozen=True, slots=True)
class News:
    """That a friend of a player earned an achievement."""

    player_id: UUID
    friend_id: UUID
    achievement_id: UUID
    unlocked_at: datetime


def keep(news: Sequence[News], *, in_digest: Collection[News]) -> None:
    """Have the news wait, some of it for the digest. One statement."""
    if not news:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            _KEEP,
            [
                text_array(item.player_id.hex for item in news),
                text_array(item.friend_id.hex for item in news),
                text_array(item.achievement_id.hex for item in news),
                text_array(item.unlocked_at.isoformat() for item in news),
                [item in in_digest for item in news],
            ],
        )


def take(player_ids: Collection[UUID], *, in_digest: bool, limit: int) -> dict[UUID, list[News]]:
    """Take what waits for players, in its order, up to `limit` for each. Two queries.

    Of friends who have hidden themselves since nothing is told.
    """
    if not player_ids:
        return {}
    chosen: dict[str, Any] = {"player_ids": _array(player_ids), "in_digest": in_digest, "limit": limit}
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, chosen)
        rows = sorted(cursor.fetchall())
    seen = seen_pairs({(player_id, friend_id) for _, player_id, friend_id, *_ in rows})
    found: dict[UUID, list[News]] = defaultdict(list)
    for _, player_id, friend_id, *columns in rows:
        if (player_id, friend_id) in seen:
            found[player_id].append(News(player_id, friend_id, *columns))
    return found


def put_into_digest(player_ids: Collection[UUID]) -> None:
    """Have what was gathered for these players wait for the digest instead. One statement."""
    if player_ids:
        with connection.cursor() as cursor:
            cursor.execute(_PUT_INTO_DIGEST, [_array(player_ids)])


def in_words(news: Iterable[News]) -> dict[News, FriendUnlocked]:
    """Return news with the present words of player and achievement; what is gone is left out. Two queries."""
    listed = list(news)
    players = shown_players({item.friend_id for item in listed})
    achievements = shown_achievements({item.achievement_id for item in listed})
    return {
        item: FriendUnlocked(players[item.friend_id], achievements[item.achievement_id], item.unlocked_at)
        for item in listed
        if item.friend_id in players and item.achievement_id in achievements
    }


def _array(player_ids: Iterable[UUID]) -> str:
    return text_array(player_id.hex for player_id in player_ids)
