"""Reads of inboxes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from apps.core.database.sql import text_array
from apps.notifications.inbox.frames import event_frame
from apps.notifications.models import Inbox

PAGE = 100

_NEWER = """
SELECT player_id, last_seq FROM unnest(%s::text::uuid[], %s::text::bigint[]) AS known (player_id, seq)
JOIN inbox USING (player_id) WHERE last_seq > seq
"""

_AFTER = """
SELECT seq, kind, created_at, payload::text, payload -> 'game' ->> 'id', is_quiet
FROM notification WHERE player_id = %s AND seq > %s ORDER BY seq LIMIT %s
"""


@dataclass(frozen=True, slots=True)
class StoredNotification:
    """A notification as stored in the inbox; payload is JSON, game_id None where it is about no game."""

    seq: int
    kind: str
    created_at: datetime
    payload: str
    game_id: UUID | None
    is_quiet: bool

    def frame(self) -> str:
        """Return it as a socket sends it."""
        return event_frame(self.seq, self.kind, self.created_at, self.payload.encode(), is_quiet=self.is_quiet)


@dataclass(frozen=True, slots=True)
class ReadMark:
    """The number of a player's latest notification, and of the last one read."""

    last_seq: int
    read_seq: int

    @property
    def unread_count(self) -> int:
        return self.last_seq - self.read_seq


def read_mark_of(player_id: UUID) -> ReadMark:
    """Return a player's marks; zeros before the first notification."""
    found = Inbox.objects.filter(player_id=player_id).values_list("last_seq", "read_seq").first()
    return ReadMark(*found) if found else ReadMark(0, 0)


def last_seqs(player_ids: Sequence[UUID]) -> list[int]:
    """Return for each player the number of their latest notification, 0 for none. One query."""
    found = newer_seqs(dict.fromkeys(player_ids, 0))
    return [found.get(player_id, 0) for player_id in player_ids]


def newer_seqs(known: Mapping[UUID, int]) -> dict[UUID, int]:
    """Return the number of each player's latest notification, where it is above the given one."""
    with connection.cursor() as cursor:
        cursor.execute(_NEWER, [text_array(player_id.hex for player_id in known), text_array(map(str, known.values()))])
        return dict(cursor.fetchall())


def notifications_after(player_id: UUID, seq: int, limit: int = PAGE) -> list[StoredNotification]:
    """Return the player's next notifications in order, at most `limit`."""
    with connection.cursor() as cursor:
        cursor.execute(_AFTER, [player_id, seq, limit])
        return [
            StoredNotification(seq, kind, created_at, payload, UUID(game_id) if game_id else None, is_quiet)
            for seq, kind, created_at, payload, game_id, is_quiet in cursor.fetchall()
        ]
