"""The table of the mail's readers, claimed in chunks under a lease.

A worker renews the lease before each email and completes the row after it. If it is killed between the mail server's
yes and that, the same email goes out again under the same Message-ID.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection

from apps.core.background.claims import LeasedTable
from apps.core.database.sql import text_array
from apps.notifications.mail.due_times import next_moment

# Longer than sending an email takes, whatever its server does.
LEASE = timedelta(minutes=5)
# A minute after the first attempt, doubling with each: an hour in all, then with the next day's email.
RETRY_AFTER = timedelta(minutes=1)
ATTEMPTS_MAX = 7
# While the mail server does not answer.
PAUSE = timedelta(minutes=1)

DIGESTS = LeasedTable("email_digest", key="player_id", lease=LEASE)
# Materialized, so that the limit holds before anything is joined.
_LOCK_DUE = """
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
_DELETE = "DELETE FROM email_digest WHERE player_id = ANY (%s::text::uuid[])"


@dataclass(slots=True)
class Digest:
    """A reader's row, with what an email needs of the player."""

    player_id: UUID
    due_at: datetime
    mailed_seq: int
    until_seq: int | None
    attempt_count: int
    last_seq: int
    read_seq: int
    time_zone: str
    display_name: str
    # None when the player has no confirmed address any more.
    email: str | None
    claim_token: UUID | None = None

    @property
    def covers_until(self) -> int:
        return self.last_seq if self.until_seq is None else self.until_seq

    @property
    def covers_after(self) -> int:
        """The number of the last notification that was mailed or read."""
        return max(self.mailed_seq, self.read_seq)

    @property
    def has_moved(self) -> bool:
        """Whether `due_at` was computed for another time zone than the player's."""
        is_new = self.until_seq is None
        return is_new and next_moment(self.time_zone, self.due_at - timedelta(microseconds=1)) != self.due_at

    def claim(self, token: UUID, moment: datetime) -> None:
        """Begin an attempt under a lease."""
        self.claim_token, self.due_at, self.until_seq = token, moment + LEASE, self.covers_until
        self.attempt_count += 1

    def mark_sent(self, moment: datetime) -> None:
        """Have the next email begin where this one ends."""
        self.mailed_seq = self.covers_until
        self.wait_for_next(moment)

    def wait_for_next(self, moment: datetime) -> None:
        """Leave what this email does not cover to the next day's."""
        self.due_at = next_moment(self.time_zone, moment)
        self.claim_token, self.until_seq, self.attempt_count = None, None, 0

    def retry(self, moment: datetime) -> None:
        """Try again, later each time."""
        if self.attempt_count >= ATTEMPTS_MAX:
            self.wait_for_next(moment)
        else:
            self.claim_token, self.due_at = None, moment + RETRY_AFTER * 2 ** (self.attempt_count - 1)

    def row(self) -> dict[str, object]:
        """Return the columns that may have changed, and the key."""
        return {
            "player_id": self.player_id,
            "due_at": self.due_at,
            "mailed_seq": self.mailed_seq,
            "until_seq": self.until_seq,
            "attempt_count": self.attempt_count,
            "claim_token": self.claim_token,
        }


def lock_due(moment: datetime, *, limit: int) -> list[Digest]:
    """Lock and return rows that are due and that no other worker has locked. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(_LOCK_DUE, {"moment": moment, "limit": limit})
        return [Digest(*row) for row in cursor.fetchall()]


def remove(player_ids: Collection[UUID]) -> None:
    """Send these players no more emails until they confirm an address again. One statement."""
    if player_ids:
        with connection.cursor() as cursor:
            cursor.execute(_DELETE, [text_array(player_id.hex for player_id in player_ids)])
