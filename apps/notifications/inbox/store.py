"""Storing notifications, numbered 1, 2, 3 ... for each player, in the transaction of the event."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import orjson
from django.db import connection

from apps.core.clock import now
from apps.notifications.kinds.base import Note

# Locks inbox rows in key order, because relays run at once; a row's lock also makes numbers visible in order.
# Leaves out players who were erased meanwhile. Cost: one round trip for any number of notes.
_STORE = """
WITH numbered AS (
    INSERT INTO inbox AS i (player_id, last_seq, read_seq)
    SELECT player.id, recipient.count, 0
    FROM unnest(%(player_ids)s::text[]::uuid[], %(counts)s::bigint[]) AS recipient (player_id, count)
    JOIN player ON player.id = recipient.player_id
    ORDER BY player.id
    ON CONFLICT (player_id) DO UPDATE SET last_seq = i.last_seq + EXCLUDED.last_seq
    RETURNING player_id, last_seq
), stored AS (
    INSERT INTO notification (player_id, seq, kind, payload, items, is_quiet, created_at)
    SELECT numbered.player_id, numbered.last_seq - note.later_count, note.kind, note.payload, note.items,
        coalesce(note.is_quiet, false), %(created_at)s
    FROM jsonb_to_recordset(%(notes)s::jsonb)
        AS note (player_id uuid, later_count bigint, kind text, payload jsonb, items jsonb, is_quiet boolean)
    JOIN numbered ON numbered.player_id = note.player_id
)
SELECT replace(player_id::text, '-', ''), last_seq FROM numbered
"""


@dataclass(frozen=True, slots=True)
class Stored:
    """A note with its number."""

    seq: int
    created_at: datetime
    note: Note
    # The payload as JSON, encoded once for the table and every socket.
    payload: bytes
    # Stored and counted like any other, and sent to no socket.
    is_quiet: bool = False


def store(notes: Iterable[tuple[Note, bool]]) -> list[Stored]:
    """Number and store the notes, each with whether it is quiet; return those stored, each player's in order.

    Call in a transaction. A player's notes are ordered by `happened_at`, then as in `notes`.
    """
    # Ids as text: comparing, hashing and adapting UUID objects took most of the time here.
    entries = sorted(
        ((note.player_id.hex, note, is_quiet) for note, is_quiet in notes),
        key=lambda item: (item[0], item[1].happened_at),
    )
    if not entries:
        return []
    player_ids = [player_id for player_id, _, _ in entries]
    payloads = [orjson.dumps(note.payload, option=orjson.OPT_UTC_Z) for _, note, _ in entries]
    counts = Counter(player_ids)
    later_counts = _later_counts(player_ids, counts)
    # One JSON text: psycopg takes 10 times as long to escape arrays of text with quotes.
    rows = [
        _row(note, payload, later_count, is_quiet=is_quiet)
        for (_, note, is_quiet), later_count, payload in zip(entries, later_counts, payloads, strict=True)
    ]
    created_at = now()
    with connection.cursor() as cursor:
        cursor.execute(
            _STORE,
            {
                "player_ids": list(counts),
                "counts": list(counts.values()),
                "notes": orjson.dumps(rows, option=orjson.OPT_UTC_Z).decode(),
                "created_at": created_at,
            },
        )
        last_seqs: dict[str, int] = dict(cursor.fetchall())
    return [
        Stored(last_seqs[player_id] - later_count, created_at, note, payload, is_quiet)
        for (player_id, note, is_quiet), later_count, payload in zip(entries, later_counts, payloads, strict=True)
        if player_id in last_seqs
    ]


def _row(note: Note, payload: bytes, later_count: int, *, is_quiet: bool) -> dict[str, object]:
    row = {
        "player_id": note.player_id.hex,
        "later_count": later_count,
        "kind": note.kind,
        "payload": orjson.Fragment(payload),
    }
    # Most notes have neither.
    if is_quiet:
        row["is_quiet"] = True
    if note.items is not None:
        row["items"] = note.items
    return row


def _later_counts(player_ids: Sequence[str], counts: Mapping[str, int]) -> list[int]:
    """Return for each note how many of its player's notes come after it."""
    left = dict(counts)
    later_counts = []
    for player_id in player_ids:
        left[player_id] -= 1
        later_counts.append(left[player_id])
    return later_counts
