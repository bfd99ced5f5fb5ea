"""Guests who earned nothing: devices make players by the thousand, and most of these never come back."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction

from apps.core.background.outbox import record
from apps.core.background.wakeup import wake_relay
from apps.players.events import PlayersErased
from apps.players.models import Guest, Player

IDLE = timedelta(days=30)

# Whoever has an account, was merged, or earned anything, be it revoked since, stays.
_IDLE = """
SELECT g.player_id, p.account_id IS NULL AND NOT EXISTS (SELECT FROM player m WHERE m.merged_into_id = p.id)
    AND p.merged_into_id IS NULL
    AND NOT EXISTS (SELECT FROM unlock_ever u WHERE u.player_id = p.id)
    AND NOT EXISTS (SELECT FROM sandbox_unlock s WHERE s.player_id = p.id)
    AND NOT EXISTS (SELECT FROM revoked_unlock r WHERE r.player_id = p.id) AS is_idle
FROM guest g JOIN player p ON p.id = g.player_id
WHERE NOT g.is_kept AND g.seen_at < %(before)s
ORDER BY g.seen_at, g.player_id LIMIT %(limit)s FOR UPDATE OF p SKIP LOCKED
"""


@dataclass(frozen=True, slots=True)
class Chunk:
    """How many guests were looked at, and how many of them deleted."""

    looked_at: int
    deleted: int


@transaction.atomic
def delete_guests(moment: datetime, *, rows_max: int) -> Chunk:
    """Delete guests not seen since IDLE who have earned nothing; those who have are not looked at again.

    What they had under way goes through the relay. Call again while it looks at some.
    """
    with connection.cursor() as cursor:
        cursor.execute(_IDLE, {"before": moment - IDLE, "limit": rows_max})
        found = cursor.fetchall()
    idle = [player_id for player_id, is_idle in found if is_idle]
    Guest.objects.filter(pk__in=[player_id for player_id, is_idle in found if not is_idle]).update(is_kept=True)
    Player.objects.filter(pk__in=idle).delete()
    if idle:
        record([PlayersErased(tuple(idle), is_whole=True)])
        transaction.on_commit(wake_relay)
    return Chunk(len(found), len(idle))
