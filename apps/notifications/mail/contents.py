"""What the emails of a chunk of players contain: the kinds they want, counted, and the latest few of each."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import orjson
from django.db import connection

from apps.core.database.sql import text_array
from apps.notifications import preferences
from apps.notifications.inbox.entries import InboxEntry, entry_of
from apps.notifications.kinds import KINDS
from apps.notifications.mail.due_readers import Digest

SHOWN_MAX = 3
# The latest so many; a player with more unread does not need the exact count.
LOOKED_AT_MAX = 2_000

# Numbers have no holes, so the range bounds the work. Payloads are read only for what is shown.
_CONTENTS = """
WITH ranked AS (
    SELECT n.player_id, n.seq, n.kind, count(*) OVER kinds AS kind_count, row_number() OVER latest AS position
    FROM unnest(%(player_ids)s::text::uuid[], %(afters)s::bigint[], %(untils)s::bigint[])
        AS d (player_id, after_seq, until_seq)
    JOIN notification n ON n.player_id = d.player_id AND n.seq > d.after_seq AND n.seq <= d.until_seq
    WINDOW kinds AS (PARTITION BY n.player_id, n.kind), latest AS (kinds ORDER BY n.seq DESC)
)
SELECT r.player_id, r.kind, r.kind_count, n.seq, n.created_at, n.payload::text, n.items IS NOT NULL
FROM ranked r JOIN notification n ON n.player_id = r.player_id AND n.seq = r.seq
WHERE r.position <= %(shown)s ORDER BY r.player_id, n.seq DESC
"""


@dataclass(frozen=True, slots=True)
class Group:
    """All notifications of one kind: how many, and the latest of them."""

    label: str
    count: int
    entries: tuple[InboxEntry, ...]

    @property
    def more_count(self) -> int:
        return self.count - len(self.entries)


def contents_of(digests: Sequence[Digest]) -> dict[UUID, list[Group]]:
    """Return each player's groups in the order of the kinds; leaves out players who have none. Two queries."""
    wanted = preferences.mailed_kinds([item.player_id for item in digests])
    found: dict[UUID, dict[str, Group]] = defaultdict(dict)
    for (player_id, kind), group in _groups(digests).items():
        if kind in wanted[player_id]:
            found[player_id][kind] = group
    return {player_id: [groups[kind] for kind in KINDS if kind in groups] for player_id, groups in found.items()}


def _groups(digests: Sequence[Digest]) -> dict[tuple[UUID, str], Group]:
    afters = [max(item.covers_after, item.covers_until - LOOKED_AT_MAX) for item in digests]
    entries: dict[tuple[UUID, str], list[InboxEntry]] = defaultdict(list)
    counts = {}
    with connection.cursor() as cursor:
        cursor.execute(
            _CONTENTS,
            {
                "player_ids": text_array(item.player_id.hex for item in digests),
                "afters": afters,
                "untils": [item.covers_until for item in digests],
                "shown": SHOWN_MAX,
            },
        )
        for player_id, kind, count, seq, at, payload, is_grouped in cursor.fetchall():
            # A kind may have been removed since.
            if kind in KINDS:
                counts[player_id, kind] = count
                entry = entry_of(seq, kind, at, orjson.loads(payload), is_grouped=is_grouped)
                entries[player_id, kind].append(entry)
    return {key: Group(str(KINDS[key[1]].label), counts[key], tuple(found)) for key, found in entries.items()}
