"""Delivers an announcement to its game's players, a bounded chunk at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from apps.core.background.claims import DueTable
from apps.core.background.work_queues import work_queue
from apps.core.clock import now
from apps.core.database.sql import fetch_column, fetch_value
from apps.core.realtime import publishing
from apps.leaderboards.boards.windows import BEGINNING
from apps.notifications import delivery
from apps.notifications.connections import push
from apps.notifications.inbox.store import Stored
from apps.notifications.kinds.announcement import note_of, payload_of

NAME = "announce"
# Their inboxes are locked until the chunk commits, some 50 ms; relays may wait for one of them.
PLAYERS_AT_ONCE = 500
# Players read to find those, in the order of ids: an index of standings in that order would cost each unlock a write.
LOOKED_AT_ONCE = 5_000

# The one that has waited longest first, so that a large game doesn't hold up a small one. While a game is not published
# its announcements wait, because its pages are not there.
_CLAIM_DUE = """
SELECT a.id, a.title, a.text, a.link, a.created_at, a.after_id, g.id, g.slug, g.name, s.name
FROM announcement a JOIN game g ON g.id = a.game_id JOIN studio s ON s.id = g.studio_id
WHERE a.due_at <= %s AND g.is_published ORDER BY a.due_at, a.id LIMIT 1 FOR NO KEY UPDATE OF a SKIP LOCKED
"""
# The limit inside keeps the planner at one look-up a player, whatever it estimates for the game.
_AUDIENCE = f"""
SELECT p.id FROM (SELECT id FROM player WHERE id > %(after_id)s ORDER BY id LIMIT %(looked)s) p
CROSS JOIN LATERAL (
    SELECT FROM standing s WHERE s.player_id = p.id AND s.scope_id = %(game_id)s AND s."window" = 'all'
        AND s.opened_on = '{BEGINNING}' LIMIT 1) s
ORDER BY p.id LIMIT %(limit)s
"""  # noqa: S608 - put together from constants
_LAST_LOOKED_AT = "SELECT id FROM player WHERE id > %s ORDER BY id OFFSET %s LIMIT 1"
_ADVANCE = """
UPDATE announcement SET passed_count = passed_count + %(passed)s, notified_count = notified_count + %(notified)s,
    audience_count = CASE WHEN %(moment)s::timestamptz IS NULL THEN passed_count + %(passed)s ELSE audience_count END,
    after_id = coalesce(%(after_id)s, after_id), due_at = %(moment)s
WHERE id = %(id)s
"""
ANNOUNCEMENTS = DueTable(
    "announcement", waiting="EXISTS (SELECT FROM game g WHERE g.id = announcement.game_id AND g.is_published)"
)


@dataclass(frozen=True, slots=True)
class ClaimedAnnouncement:
    """An announcement that players up to `after_id` have been handled for."""

    id: UUID
    title: str
    text: str
    link: str
    announced_at: datetime
    after_id: UUID
    game_id: UUID
    game_slug: str
    game_name: str
    studio: str

    def payload(self) -> dict[str, object]:
        game = {"id": self.game_id, "slug": self.game_slug, "name": self.game_name}
        return payload_of(
            announcement_id=self.id,
            title=self.title,
            text=self.text,
            link=self.link,
            game=game,
            studio=self.studio,
            announced_at=self.announced_at,
        )


@work_queue(name=NAME, queue="notifications", waiting_since=ANNOUNCEMENTS.waiting_since)
def announce() -> int:
    """Send an announcement to up to PLAYERS_AT_ONCE players; return 1, or 0 when none waits."""
    with transaction.atomic():
        claimed = _claim_due()
        if claimed is None:
            return 0
        stored: list[Stored] = []
        with ANNOUNCEMENTS.postponing(claimed.id):
            stored = _deliver(claimed)
    publishing.try_publish(push.pushes(stored))
    return 1


def _claim_due() -> ClaimedAnnouncement | None:
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM_DUE, [now()])
        row = cursor.fetchone()
    return ClaimedAnnouncement(*row) if row else None


def _deliver(claimed: ClaimedAnnouncement) -> list[Stored]:
    audience = _audience(claimed)
    payload, moment = claimed.payload(), now()
    stored = delivery.deliver([note_of(player_id, payload, moment) for player_id in audience])
    _advance(claimed, audience, len(stored))
    return stored


def _audience(claimed: ClaimedAnnouncement) -> list[UUID]:
    """Return the game's next players, among the next LOOKED_AT_ONCE."""
    chosen: dict[str, Any] = {
        "after_id": claimed.after_id,
        "game_id": claimed.game_id,
        "looked": LOOKED_AT_ONCE,
        "limit": PLAYERS_AT_ONCE,
    }
    return fetch_column(_AUDIENCE, chosen)


def _advance(claimed: ClaimedAnnouncement, audience: Sequence[UUID], sent_count: int) -> None:
    """Go on after the last player of a full chunk, else after the last one read; when none is left it is done."""
    last_id = audience[-1] if len(audience) == PLAYERS_AT_ONCE else _last_looked_at(claimed)
    moment = None if last_id is None else now()
    counts: dict[str, Any] = {
        "id": claimed.id,
        "passed": len(audience),
        "notified": sent_count,
        "after_id": last_id,
        "moment": moment,
    }
    with connection.cursor() as cursor:
        cursor.execute(_ADVANCE, counts)


def _last_looked_at(claimed: ClaimedAnnouncement) -> UUID | None:
    last: UUID | None = fetch_value(_LAST_LOOKED_AT, [claimed.after_id, LOOKED_AT_ONCE - 1])
    return last
