"""Delivering notifications: those that players want and have not had are numbered, stored and ready to be pushed."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from apps.core.clock import now
from apps.core.database.sql import text_array
from apps.notifications import preferences
from apps.notifications.inbox import store
from apps.notifications.inbox.store import Stored
from apps.notifications.kinds import KINDS
from apps.notifications.kinds.base import Note

# In key order, as relays and workers run concurrently. Cost: one round trip.
_FIRST_TIME = """
INSERT INTO notification_dedupe_key AS t (player_id, dedupe_key, until)
SELECT * FROM unnest(%(player_ids)s::text::uuid[], %(keys)s::text[], %(untils)s::text::timestamptz[])
ORDER BY 1, 2
ON CONFLICT (player_id, dedupe_key) DO UPDATE SET until = excluded.until WHERE t.until <= %(moment)s
RETURNING player_id, dedupe_key
"""


def deliver(notes: Sequence[Note]) -> list[Stored]:
    """Store the notes that their players want and have not had yet; return them with their numbers.

    Call in the transaction of the event, and push what it returns after the commit.
    """
    return store.store(preferences.wanted(_not_delivered_yet(notes))) if notes else []


def _not_delivered_yet(notes: Sequence[Note]) -> list[Note]:
    keyed = {(note.player_id, note.dedupe_key): note for note in notes if note.dedupe_key}
    if not keyed:
        return list(notes)
    moment = now()
    untils = (_until(note, moment) for note in keyed.values())
    with connection.cursor() as cursor:
        cursor.execute(
            _FIRST_TIME,
            {
                "player_ids": text_array(player_id.hex for player_id, _ in keyed),
                "keys": [key for _, key in keyed],
                "untils": text_array(untils),
                "moment": moment,
            },
        )
        first = {(player_id, key) for player_id, key in cursor.fetchall()}
    return [note for note in notes if not note.dedupe_key] + [note for pair, note in keyed.items() if pair in first]


def _until(note: Note, moment: datetime) -> str | None:
    """Return until when it is not sent again, None for ever."""
    after = KINDS[note.kind].sent_again_after
    return None if after is None else (moment + after).isoformat()
