"""When a player is notified of friends' unlocks: the first at once, then once a second, five times in any minute."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

import orjson
from django.db import connection

from apps.core.background.claims import DueTable
from apps.core.database.sql import text_array

# In any 60 s: a notification is compared with the fifth before it.
SENT_MAX = 5
WITHIN = timedelta(seconds=60)
GROUPED_FOR = timedelta(seconds=1)
# From the first unlock that went into the digest until the digest is sent.
DIGEST_AFTER = timedelta(minutes=15)

# In key order, so that workers never deadlock; locked until the end of the transaction.
_LOCK = """
INSERT INTO friend_rate_limit AS o (player_id) SELECT unnest(%s::text::uuid[]) ORDER BY 1
ON CONFLICT (player_id) DO UPDATE SET player_id = o.player_id
RETURNING player_id, sent_ats, grouping_until, has_grouped, digest_at
"""
# A row that another worker is adding to is skipped, and still due a moment later.
_CLAIM_DUE = """
SELECT player_id, sent_ats, grouping_until, has_grouped, digest_at FROM friend_rate_limit
WHERE player_id IN (SELECT player_id FROM friend_rate_limit WHERE due_at <= %s ORDER BY due_at LIMIT %s)
    AND due_at IS NOT NULL
ORDER BY player_id FOR UPDATE SKIP LOCKED
"""
_SAVE = """
UPDATE friend_rate_limit o SET sent_ats = c.sent_ats::timestamptz[], grouping_until = c.grouping_until,
    has_grouped = c.has_grouped, digest_at = c.digest_at, due_at = c.due_at
FROM jsonb_to_recordset(%s::jsonb) AS c (player_id uuid, sent_ats text, grouping_until timestamptz,
    has_grouped boolean, digest_at timestamptz, due_at timestamptz)
WHERE o.player_id = c.player_id
"""
RATE_LIMITS = DueTable("friend_rate_limit")


@dataclass(slots=True)
class RateLimitState:
    """When a player was last notified of friends, and what later unlocks wait for."""

    player_id: UUID
    sent_ats: list[datetime] = field(default_factory=list)
    grouping_until: datetime | None = None
    # Whether unlocks wait for `grouping_until`.
    has_grouped: bool = False
    digest_at: datetime | None = None

    def may_send(self, moment: datetime) -> bool:
        """Whether one more notification keeps to the limit."""
        return len(self.sent_ats) < SENT_MAX or self.sent_ats[-SENT_MAX] + WITHIN <= moment

    def is_grouping(self, moment: datetime) -> bool:
        """Whether an unlock that comes now waits to be grouped."""
        return self.has_grouped or (self.grouping_until is not None and moment < self.grouping_until)

    def count_sent(self, moment: datetime) -> None:
        """Count a notification, and group what follows within a second."""
        self.sent_ats = [*self.sent_ats, moment][-SENT_MAX:]
        if not self.has_grouped:
            self.grouping_until = moment + GROUPED_FOR

    def end_grouping(self) -> None:
        """Note that no unlocks wait to be grouped."""
        self.has_grouped, self.grouping_until = False, None

    def put_into_digest(self, moment: datetime) -> None:
        """Have the digest sent DIGEST_AFTER the first unlock that went into it."""
        self.digest_at = self.digest_at or moment + DIGEST_AFTER

    def wait_for_allowance(self) -> None:
        """Have the digest sent as soon as the limit allows."""
        self.digest_at = self.sent_ats[-SENT_MAX] + WITHIN

    @property
    def due_at(self) -> datetime | None:
        """When the earliest of what waits is due, None when nothing waits."""
        waiting = [self.grouping_until if self.has_grouped else None, self.digest_at]
        return min((moment for moment in waiting if moment is not None), default=None)


def lock_limits(player_ids: Iterable[UUID]) -> dict[UUID, RateLimitState]:
    """Lock and return the states of these players. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [text_array(player_id.hex for player_id in sorted(set(player_ids)))])
        return {row[0]: RateLimitState(*row) for row in cursor.fetchall()}


def claim_due(moment: datetime, *, limit: int) -> dict[UUID, RateLimitState]:
    """Claim states with something due, until the end of the transaction. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM_DUE, [moment, limit])
        return {row[0]: RateLimitState(*row) for row in cursor.fetchall()}


def save_limits(states: Iterable[RateLimitState]) -> None:
    """Save states that this transaction has locked. One statement."""
    rows: list[dict[str, object]] = [
        {
            "player_id": item.player_id,
            "sent_ats": text_array(moment.isoformat() for moment in item.sent_ats),
            "grouping_until": item.grouping_until,
            "has_grouped": item.has_grouped,
            "digest_at": item.digest_at,
            "due_at": item.due_at,
        }
        for item in states
    ]
    with connection.cursor() as cursor:
        cursor.execute(_SAVE, [orjson.dumps(rows).decode()])
