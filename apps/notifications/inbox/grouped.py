"""The unlocks that a notification of friends' unlocks stands for, as its player may see them now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_noop

from apps.core.errors import NotFoundError
from apps.notifications.inbox.entries import InboxEntry, entry_of
from apps.notifications.kinds import KINDS
from apps.notifications.models import Notification
from apps.notifications.payloads.subjects import ShownAchievement, shown_achievements, shown_players
from apps.players.queries import players_seen_by
from apps.unlocks.queries import known_to


class NotificationNotFoundError(NotFoundError):
    code = "notification_not_found"
    detail = gettext_noop("You have no notification of unlocks with this number.")


@dataclass(frozen=True, slots=True)
class FriendsUnlock:
    """An unlock of a friend, by ids."""

    player_id: UUID
    achievement_id: UUID
    unlocked_at: datetime


@dataclass(frozen=True, slots=True)
class NamedUnlock:
    """The same with current names; `is_known` says whether the viewer may see which achievement it is."""

    player: dict[str, object]
    achievement: ShownAchievement
    is_known: bool
    unlocked_at: datetime


@dataclass(frozen=True, slots=True)
class GroupedNotification:
    """A notification and its unlocks, without those of players whom the viewer may no longer see."""

    entry: InboxEntry
    unlocks: Sequence[FriendsUnlock]


def grouped_notification(player_id: UUID, seq: int, *, game_id: UUID | None = None) -> GroupedNotification:
    """Return the unlocks of a player's notification; with `game_id` only if it is about that game alone.

    Two queries. Raises: NotificationNotFoundError.
    """
    rows = Notification.objects.filter(player_id=player_id, seq=seq, kind__in=KINDS)
    if game_id is not None:
        rows = rows.filter(payload__game__id=str(game_id))
    row = rows.first()
    unlocks = _unlocks(row) if row is not None else []
    if row is None or not unlocks:
        raise NotificationNotFoundError
    seen = set(
        players_seen_by(player_id).filter(pk__in={item.player_id for item in unlocks}).values_list("pk", flat=True)
    )
    entry = entry_of(row.seq, row.kind, row.created_at, row.payload, is_grouped=row.items is not None)
    return GroupedNotification(entry, [item for item in unlocks if item.player_id in seen])


def named_unlocks(player_id: UUID, unlocks: Sequence[FriendsUnlock]) -> list[NamedUnlock]:
    """Return the unlocks of players and achievements that still exist, with current names.

    Three queries.
    """
    players = shown_players({item.player_id for item in unlocks})
    achievements = shown_achievements({item.achievement_id for item in unlocks})
    known = known_to(player_id, achievements)
    return [
        NamedUnlock(players[item.player_id], achievement, achievement.id in known, item.unlocked_at)
        for item in unlocks
        if item.player_id in players and (achievement := achievements.get(item.achievement_id))
    ]


def _unlocks(row: Notification) -> list[FriendsUnlock]:
    """Return all unlocks, or the only one of a notification of one."""
    if row.items is not None:
        found = [(item["player_id"], item["achievement_id"], item["unlocked_at"]) for item in row.items]
    else:
        shown = row.payload.get("unlocks", ())
        found = [(item["player"]["id"], item["achievement"]["id"], item["unlocked_at"]) for item in shown]
    return [FriendsUnlock(UUID(player), UUID(item), datetime.fromisoformat(at)) for player, item, at in found]
