"""Keeping notifications: numbered 1, 2, 3 ... for each player, in the transaction of what they tell of."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import orjson
from django.db import connection

from apps.core.clock import now
from apps.notifications.kinds.base import Note

# Inbox rows are taken in key order, as relays run at once; a row's lock also makes numbers visible in their order.
# A player who has been erased meanwhile is left out. Cost: one round trip, whatever the number of notes.
_STORE = """
WITH numbered AS (
    INSERT INTO inbox AS i (player_id, last_seq, read_seq)
    SELECT player.id, told.count, 0
    FROM unnest(%(player_ids)s::uuid[], %(counts)s::bigint[]) AS told (player_id, count)
    JOIN player ON player.id = told.player_id
    ORDER BY player.id
    ON CONFLICT (player_id) DO UPDATE SET last_seq = i.last_seq + EXCLUDED.last_seq
    RETURNING player_id, last_seq
)
INSERT INTO notification (player_id, seq, kind, payload, created_at)
SELECT note.player_id, numbered.last_seq - note.later_count, note.kind, note.payload, %(created_at)s
FROM unnest(%(note_player_ids)s::uuid[], %(later_counts)s::bigint[], %(kinds)s::text[], %(payloads)s::jsonb[])
    AS note (player_id, later_count, kind, payload)
JOIN numbered ON numbered.player_id = note.player_id
RETURNING player_id, seq
"""


@dataclass(frozen=True, slots=True)
class Stored:
    """A note with its number."""

    seq: int
    created_at: datetime
    note: Note
    # The payload as JSON, encoded once for the table and every socket.
    payload: bytes


def store(notes: Sequence[Note]) -> list[Stored]:
    """Number and keep the notes; return those kept, each player's in the order of their numbers.

    Call inside the relay's transaction. Within a player the order is that of `happened_at`, then of `notes`.
    """
    ordered = sorted(notes, key=lambda note: (note.player_id, note.happened_at))
    payloads = [orjson.dumps(note.payload, option=orjson.OPT_UTC_Z) for note in ordered]
    counts = Counter(note.player_id for note in ordered)
    created_at = now()
    with connection.cursor() as cursor:
        cursor.execute(
            _STORE,
            {
                "player_ids": list(counts),
                "counts": list(counts.values()),
                "note_player_ids": [note.player_id for note in ordered],
                "later_counts": _later_counts(ordered, counts),
                "kinds": [note.kind for note in ordered],
                "payloads": [payload.decode() for payload in payloads],
                "created_at": created_at,
            },
        )
        seqs: dict[UUID, list[int]] = {}
        for player_id, seq in sorted(cursor.fetchall(), reverse=True):
            seqs.setdefault(player_id, []).append(seq)
    return [
        Stored(seqs[note.player_id].pop(), created_at, note, payload)
        for note, payload in zip(ordered, payloads, strict=True)
        if note.player_id in seqs
    ]


def _later_counts(ordered: Sequence[Note], counts: Counter[UUID]) -> list[int]:
    """Return for each note how many of its player's come after it."""
    left = Counter(counts)
    later_counts = []
    for note in ordered:
        left[note.player_id] -= 1
        later_counts.append(left[note.player_id])
    return later_counts
