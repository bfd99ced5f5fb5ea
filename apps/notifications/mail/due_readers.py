"""The table of the mail's readers: taken in chunks under a lease, so that whoever is killed loses and doubles nothing.

A claim is committed before anything is sent. Whoever holds it renews it before each mail and notes it after; killed
between the mail server's yes and that note, the same mail goes out again under the same Message-ID.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import orjson
from django.db import connection

from apps.core.database.sql import text_array
from apps.notifications.mail.due_times import next_moment

# Longer than a mail takes to be sent, whatever its server does.
LEASE = timedelta(minutes=5)
# A minute after the first attempt, twice as long after each: an hour in all, then with the next day's.
RETRY_AFTER = timedelta(minutes=1)
ATTEMPTS_MAX = 7
# Of a mail server that does not answer.
PAUSE = timedelta(minutes=1)

# SKIP LOCKED: others are about their own. Materialized, so that the limit holds before anything is joined.
_OPEN_DUE = """
WITH due AS MATERIALIZED (
    SELECT player_id, due_at, mailed_seq, until_seq, attempt_count FROM email_digest
    WHERE due_at <= %(moment)s ORDER BY due_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED
)
SELECT due.player_id, due.due_at, due.mailed_seq, due.until_seq, due.attempt_count,
    coalesce(i.last_seq, 0), coalesce(i.read_seq, 0), p.time_zone, p.display_name, e.email
FROM due
JOIN player p ON p.id = due.player_id
LEFT JOIN inbox i ON i.player_id = due.player_id
LEFT JOIN account a ON a.id = p.account_id AND a.is_active AND p.merged_into_id IS NULL AND NOT p.is_test
LEFT JOIN account_emailaddress e ON e.user_id = a.id AND e."primary" AND e.verified
ORDER BY due.due_at, due.player_id
"""
_CLOSE = """
UPDATE email_digest d SET due_at = c.due_at, mailed_seq = c.mailed_seq, until_seq = c.until_seq,
    attempt_count = c.attempt_count, token = c.token
FROM jsonb_to_recordset(%(digests)s::jsonb) AS c (player_id uuid, due_at timestamptz, mailed_seq bigint,
    until_seq bigint, attempt_count smallint, token uuid)
WHERE d.player_id = c.player_id AND (%(held)s::uuid IS NULL OR d.token = %(held)s::uuid)
"""
_HOLD = "UPDATE email_digest SET due_at = %s WHERE player_id = %s AND token = %s"
_FORGET = "DELETE FROM email_digest WHERE player_id = ANY (%s::text::uuid[])"
_WAITING_SINCE = "SELECT due_at FROM email_digest WHERE due_at <= %s ORDER BY due_at LIMIT 1"


@dataclass(slots=True)
class Digest:
    """A reader's row, and what of the player a mail needs."""

    player_id: UUID
    due_at: datetime
    mailed_seq: int
    until_seq: int | None
    attempt_count: int
    last_seq: int
    read_seq: int
    time_zone: str
    display_name: str
    # None for who has no confirmed one any more.
    email: str | None
    token: UUID | None = None

    @property
    def tells_until(self) -> int:
        return self.last_seq if self.until_seq is None else self.until_seq

    @property
    def tells_after(self) -> int:
        """The number after which something may be told: neither mailed nor read."""
        return max(self.mailed_seq, self.read_seq)

    @property
    def has_moved(self) -> bool:
        """Whether it was made due for a zone in which the player lives no more."""
        is_new = self.until_seq is None
        return is_new and next_moment(self.time_zone, self.due_at - timedelta(microseconds=1)) != self.due_at

    def hold(self, token: UUID, moment: datetime) -> None:
        """Have nobody else send it for a while."""
        self.token, self.due_at, self.until_seq = token, moment + LEASE, self.tells_until
        self.attempt_count += 1

    def told(self, moment: datetime) -> None:
        """Have the next one begin where this ends."""
        self.mailed_seq = self.tells_until
        self.wait_for_next(moment)

    def wait_for_next(self, moment: datetime) -> None:
        """Have the next day's mail tell all that this one does not."""
        self.due_at = next_moment(self.time_zone, moment)
        self.token, self.until_seq, self.attempt_count = None, None, 0

    def retry(self, moment: datetime) -> None:
        """Have it tried again, later each time."""
        if self.attempt_count >= ATTEMPTS_MAX:
            self.wait_for_next(moment)
        else:
            self.token, self.due_at = None, moment + RETRY_AFTER * 2 ** (self.attempt_count - 1)

    def give_back(self, due_at: datetime) -> None:
        """Undo `hold` for one that was not tried."""
        self.token, self.due_at = None, due_at
        self.attempt_count -= 1


def open_due(moment: datetime, *, limit: int) -> list[Digest]:
    """Lock and return rows that are due and nobody is busy with. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(_OPEN_DUE, {"moment": moment, "limit": limit})
        return [Digest(*row) for row in cursor.fetchall()]


def close(digests: Iterable[Digest], *, held: UUID | None = None) -> None:
    """Keep what has become of rows: of those locked, or of those that are still held under a token. One statement."""
    rows: Sequence[dict[str, object]] = [
        {
            "player_id": item.player_id,
            "due_at": item.due_at,
            "mailed_seq": item.mailed_seq,
            "until_seq": item.until_seq,
            "attempt_count": item.attempt_count,
            "token": item.token,
        }
        for item in digests
    ]
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(_CLOSE, {"digests": orjson.dumps(rows).decode(), "held": held})


def is_held(player_id: UUID, token: UUID, moment: datetime) -> bool:
    """Renew a lease; return whether it is still ours. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(_HOLD, [moment + LEASE, player_id, token])
        return bool(cursor.rowcount)


def forget(player_ids: Collection[UUID]) -> None:
    """Have these players get no more mail, until they confirm an address again. One statement."""
    if player_ids:
        with connection.cursor() as cursor:
            cursor.execute(_FORGET, [text_array(player_id.hex for player_id in player_ids)])


def waiting_since(moment: datetime) -> datetime | None:
    """Return since when the oldest due row waits."""
    with connection.cursor() as cursor:
        cursor.execute(_WAITING_SINCE, [moment])
        row = cursor.fetchone()
    return row[0] if row else None
