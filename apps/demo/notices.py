"""What demo players find in their inboxes: what they and their friends earned last, new followers, an announcement."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection
from django.db.models import F
from django.db.models.functions import Greatest

from apps.demo.credentials import demo_players
from apps.notifications import delivery
from apps.notifications.inbox.store import Stored
from apps.notifications.kinds import announcement, friend_unlock, new_follower, own_unlock
from apps.notifications.kinds.base import Note
from apps.notifications.models import Announcement, Inbox
from apps.notifications.payloads.friend_unlocks import FriendUnlocked
from apps.notifications.payloads.subjects import shown_achievements, shown_games, shown_players
from apps.players.events import PlayerFollowed
from apps.players.models import Follow, Visibility
from apps.unlocks.events import AchievementUnlocked
from apps.unlocks.models import Unlock

OWN_COUNT, FRIENDS_COUNT, FOLLOWERS_COUNT, UNREAD_COUNT = 4, 5, 2, 3
FRIENDS_PERIOD = timedelta(days=7)
# Stored now, they happened over the last days.
_DATE = """
UPDATE notification n SET created_at = note.at
FROM unnest(%s::uuid[], %s::bigint[], %s::timestamptz[]) AS note (player_id, seq, at)
WHERE n.player_id = note.player_id AND n.seq = note.seq
"""


def store_notices(moment: datetime) -> None:
    """Fill every demo player's inbox, the last few unread. Call in a transaction."""
    players = [player.id for player in demo_players()]
    notes = [*_own(players), *_of_friends(players, moment), *_followers(players), *_announcements(players)]
    _date(delivery.deliver(notes))
    read = Greatest(F("last_seq") - UNREAD_COUNT, 0)
    Inbox.objects.filter(player_id__in=players).update(read_seq=read)


def _own(players: Sequence[UUID]) -> list[Note]:
    events = [
        AchievementUnlocked(row.player_id, row.achievement_id, row.game_id, row.points, row.unlocked_at)
        for player_id in players
        for row in Unlock.objects.filter(player_id=player_id).order_by("-unlocked_at")[:OWN_COUNT]
    ]
    return own_unlock.notes_of(events)


def _of_friends(players: Sequence[UUID], moment: datetime) -> Iterator[Note]:
    """Yield a note for each of the latest unlocks of those they follow."""
    friends: dict[UUID, list[UUID]] = defaultdict(list)
    follows = Follow.objects.filter(follower_id__in=players, followed__visibility=Visibility.PUBLIC)
    for follower_id, followed_id in follows.values_list("follower_id", "followed_id"):
        friends[follower_id].append(followed_id)
    since = moment - FRIENDS_PERIOD
    earned = {
        player_id: list(
            Unlock.objects.filter(player_id__in=friends[player_id], unlocked_at__gte=since)
            .order_by("-unlocked_at")
            .values_list("player_id", "achievement_id", "unlocked_at")[:FRIENDS_COUNT]
        )
        for player_id in players
    }
    achievements = shown_achievements({row[1] for rows in earned.values() for row in rows})
    shown = shown_players({row[0] for rows in earned.values() for row in rows})
    for player_id, rows in earned.items():
        for friend_id, achievement_id, unlocked_at in rows:
            unlock = FriendUnlocked(shown[friend_id], achievements[achievement_id], unlocked_at)
            yield friend_unlock.note_of(player_id, [unlock], unlocked_at)


def _followers(players: Sequence[UUID]) -> list[Note]:
    events = [
        PlayerFollowed(row.follower_id, row.followed_id, row.created_at)
        for player_id in players
        for row in Follow.objects.filter(followed_id=player_id).order_by("-created_at")[:FOLLOWERS_COUNT]
    ]
    return new_follower.notes_of(events)


def _announcements(players: Sequence[UUID]) -> Iterator[Note]:
    """Yield the announcements of the games that they play."""
    found = list(Announcement.objects.select_related("game__studio"))
    games = shown_games(item.game_id for item in found)
    for item in found:
        payload = announcement.payload_of(
            announcement_id=item.id,
            title=item.title,
            text=item.text,
            link=item.link,
            game=games[item.game_id],
            studio=item.game.studio.name,
            announced_at=item.created_at,
        )
        playing = Unlock.objects.filter(player_id__in=players, game_id=item.game_id)
        for player_id in set(playing.values_list("player_id", flat=True)):
            yield announcement.note_of(player_id, payload, item.created_at)


def _date(stored: Sequence[Stored]) -> None:
    columns = zip(*((item.note.player_id, item.seq, item.note.happened_at) for item in stored), strict=True)
    with connection.cursor() as cursor:
        cursor.execute(_DATE, [list(column) for column in columns])
