"""Writes of read marks."""

from collections.abc import Mapping
from uuid import UUID

from django.db import connection

# Locks inbox rows in key order, as delivery does; a mark never moves back, nor past the last notification.
_MARK_READ = """
WITH acknowledged AS (
    SELECT i.player_id, least(a.seq, i.last_seq) AS seq
    FROM unnest(%s::uuid[], %s::bigint[]) AS a (player_id, seq) JOIN inbox i ON i.player_id = a.player_id
    WHERE a.seq > i.read_seq ORDER BY i.player_id FOR UPDATE OF i
)
UPDATE inbox SET read_seq = greatest(inbox.read_seq, acknowledged.seq)
FROM acknowledged WHERE inbox.player_id = acknowledged.player_id
"""


def mark_read(*, seq_by_player: Mapping[UUID, int]) -> None:
    """Move players' read marks forward to the numbers that they have acknowledged."""
    with connection.cursor() as cursor:
        cursor.execute(_MARK_READ, [list(seq_by_player), list(seq_by_player.values())])
