"""Who gets the daily email: players whose account has a confirmed address, from the moment they are found."""

from datetime import datetime

from django.db import connection

from apps.core.database.sql import text_array
from apps.notifications.mail.due_times import next_moment

# By the addresses' key, so that a chunk costs the same among a million.
_LAST = "SELECT max(id) FROM (SELECT id FROM account_emailaddress WHERE id > %s ORDER BY id LIMIT %s) e"
_FIND = """
SELECT p.id, p.time_zone FROM account_emailaddress e
JOIN account a ON a.id = e.user_id AND a.is_active
JOIN player p ON p.account_id = a.id AND p.merged_into_id IS NULL AND NOT p.is_test
WHERE e.id > %s AND e.id <= %s AND e."primary" AND e.verified
    AND NOT EXISTS (SELECT FROM email_digest d WHERE d.player_id = p.id)
"""
# From now on: the first email does not repeat an inbox of years.
_ENTER = """
INSERT INTO email_digest (player_id, due_at, mailed_seq)
SELECT n.player_id, n.due_at, coalesce(i.last_seq, 0)
FROM unnest(%s::text::uuid[], %s::text::timestamptz[]) AS n (player_id, due_at)
LEFT JOIN inbox i ON i.player_id = n.player_id
ON CONFLICT DO NOTHING
"""


def last_address(after_id: int, *, limit: int) -> int | None:
    """Return the id of the last of the next `limit` addresses, None when there are none."""
    with connection.cursor() as cursor:
        cursor.execute(_LAST, [after_id, limit])
        (last_id,) = cursor.fetchone()
    return None if last_id is None else int(last_id)


def enter_readers(after_id: int, last_id: int, moment: datetime) -> int:
    """Add the players of these addresses who are not readers yet; return how many. Two statements."""
    with connection.cursor() as cursor:
        cursor.execute(_FIND, [after_id, last_id])
        players = cursor.fetchall()
        if not players:
            return 0
        ids = text_array(player_id.hex for player_id, _ in players)
        dues = text_array(next_moment(time_zone, moment).isoformat() for _, time_zone in players)
        cursor.execute(_ENTER, [ids, dues])
        return int(cursor.rowcount)
