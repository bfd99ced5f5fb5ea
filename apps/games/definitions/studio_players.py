"""Whom boards treat as members of studios: players of their members' accounts, once boards have followed."""

from uuid import UUID

from django.db import connection, transaction

from apps.core.background.outbox import record_missing
from apps.games.events import StudioPlayersChanged
from apps.games.models import Game, Membership, StudioPlayer

# Both tables are small: a thousand members take 2 ms.
_DIFFERENCES = """
WITH members AS (
    SELECT m.studio_id, p.id AS player_id FROM membership m JOIN player p ON p.account_id = m.account_id)
SELECT coalesce(m.studio_id, s.studio_id), coalesce(m.player_id, s.player_id)
FROM members m FULL JOIN studio_player s USING (studio_id, player_id)
WHERE m.player_id IS NULL OR s.player_id IS NULL ORDER BY 1, 2 LIMIT 100
"""


@transaction.atomic
def note_differences() -> int:
    """Have boards follow memberships that have changed, however that was; return how many. One query, three if any.

    What waits to be followed already is not recorded again.
    """
    with connection.cursor() as cursor:
        cursor.execute(_DIFFERENCES)
        found = [StudioPlayersChanged(*row) for row in cursor.fetchall()]
    return len(record_missing(found))


def games_to_follow(studio_id: UUID, player_id: UUID) -> list[UUID] | None:
    """Return a studio's games if boards have yet to follow that a player joined or left it; else None."""
    is_member = Membership.objects.filter(studio=studio_id, account__player=player_id).exists()
    if is_member == StudioPlayer.objects.filter(studio=studio_id, player=player_id).exists():
        return None
    return list(Game.objects.filter(studio=studio_id).order_by("pk").values_list("pk", flat=True))


def follow(studio_id: UUID, player_id: UUID) -> None:
    """Let a player count as a member from now on, or no longer."""
    if not StudioPlayer.objects.filter(studio=studio_id, player=player_id).delete()[0]:
        StudioPlayer.objects.create(studio_id=studio_id, player_id=player_id)
