"""When a player may be told of friends: the first at once, then once a second, and five times in any minute at most."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

import orjson
from django.db import connection

from apps.core.background.claims import DueTable
from apps.core.database.sql import text_array

# SPEC N4. Any stretch of a minute: what is let through is compared with the fifth before it.
NOTICES_MAX = 5
LIMIT_SECONDS = timedelta(seconds=60)
GATHERED_FOR = timedelta(seconds=1)
# From the first that went into the digest until the digest is told.
DIGEST_AFTER = timedelta(minutes=15)

# In key order, so that workers never wait for each other in a ring; locked until the end of the transaction.
_OPEN = """
INSERT INTO friend_outlet AS o (player_id) SELECT unnest(%s::text::uuid[]) ORDER BY 1
ON CONFLICT (player_id) DO UPDATE SET player_id = o.player_id
RETURNING player_id, sent_ats, gathering_until, has_gathered, digest_at
"""
# SKIP LOCKED: what somebody else is adding to comes again in a moment.
_OPEN_DUE = """
SELECT player_id, sent_ats, gathering_until, has_gathered, digest_at FROM friend_outlet
WHERE player_id IN (SELECT player_id FROM friend_outlet WHERE due_at <= %s ORDER BY due_at LIMIT %s)
    AND due_at IS NOT NULL
ORDER BY player_id FOR UPDATE SKIP LOCKED
"""
_CLOSE = """
UPDATE friend_outlet o SET sent_ats = c.sent_ats::timestamptz[], gathering_until = c.gathering_until,
    has_gathered = c.has_gathered, digest_at = c.digest_at, due_at = c.due_at
FROM jsonb_to_recordset(%s::jsonb) AS c (player_id uuid, sent_ats text, gathering_until timestamptz,
    has_gathered boolean, digest_at timestamptz, due_at timestamptz)
WHERE o.player_id = c.player_id
"""
OUTLETS = DueTable("friend_outlet")


@dataclass(slots=True)
class Outlet:
    """What a player has lately been told of friends, the latest few, and what holds back what comes now."""

    player_id: UUID
    sent_ats: list[datetime] = field(default_factory=list)
    gathering_until: datetime | None = None
    # Whether something waits for the end of the gathering.
    has_gathered: bool = False
    digest_at: datetime | None = None

    def may_tell(self, moment: datetime) -> bool:
        """Whether one more notice keeps to the limit."""
        return len(self.sent_ats) < NOTICES_MAX or self.sent_ats[-NOTICES_MAX] + LIMIT_SECONDS <= moment

    def is_gathering(self, moment: datetime) -> bool:
        """Whether what comes now is to wait, as what came before it does."""
        return self.has_gathered or (self.gathering_until is not None and moment < self.gathering_until)

    def told(self, moment: datetime) -> None:
        """Count a notice, and gather what follows within a second."""
        self.sent_ats = [*self.sent_ats, moment][-NOTICES_MAX:]
        if not self.has_gathered:
            self.gathering_until = moment + GATHERED_FOR

    def end_gathering(self) -> None:
        """Say that nothing is gathered any more."""
        self.has_gathered, self.gathering_until = False, None

    def put_into_digest(self, moment: datetime) -> None:
        """Have something told with the digest, which is told a while after the first that went into it."""
        self.digest_at = self.digest_at or moment + DIGEST_AFTER

    def wait_for_allowance(self) -> None:
        """Have the digest told as soon as the limit allows."""
        self.digest_at = self.sent_ats[-NOTICES_MAX] + LIMIT_SECONDS

    @property
    def due_at(self) -> datetime | None:
        """When something that waits is to be looked at."""
        waiting = [self.gathering_until if self.has_gathered else None, self.digest_at]
        return min((moment for moment in waiting if moment is not None), default=None)


def open_outlets(player_ids: Iterable[UUID]) -> dict[UUID, Outlet]:
    """Lock and return the outlets of these players. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(_OPEN, [text_array(player_id.hex for player_id in sorted(set(player_ids)))])
        return {row[0]: Outlet(*row) for row in cursor.fetchall()}


def open_due_outlets(moment: datetime, *, limit: int) -> dict[UUID, Outlet]:
    """Lock and return outlets with something due that nobody is busy with. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(_OPEN_DUE, [moment, limit])
        return {row[0]: Outlet(*row) for row in cursor.fetchall()}


def close_outlets(outlets: Iterable[Outlet]) -> None:
    """Keep what has become of outlets that were opened. One statement."""
    rows: list[dict[str, object]] = [
        {
            "player_id": item.player_id,
            "sent_ats": text_array(moment.isoformat() for moment in item.sent_ats),
            "gathering_until": item.gathering_until,
            "has_gathered": item.has_gathered,
            "digest_at": item.digest_at,
            "due_at": item.due_at,
        }
        for item in outlets
    ]
    with connection.cursor() as cursor:
        cursor.execute(_CLOSE, [orjson.dumps(rows).decode()])
