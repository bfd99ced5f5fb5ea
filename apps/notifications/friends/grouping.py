"""Telling what was gathered for a second, and digests, when they are due and the limit allows."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from apps.core.background.work_queues import backlog
from apps.core.clock import now
from apps.core.realtime import publishing
from apps.notifications import delivery
from apps.notifications.connections import push
from apps.notifications.friends import pending, rate_limit
from apps.notifications.friends.pending import News
from apps.notifications.friends.rate_limit import Outlet
from apps.notifications.kinds import friend_unlock, friends_digest
from apps.notifications.kinds.base import Note
from apps.notifications.kinds.earned import FriendUnlocked

NAME = "tell_gathered"
OUTLETS_AT_ONCE = 200
# In one notice; what is over goes into the next digest.
UNLOCKS_MAX = 500


@backlog(name=NAME, queue="notifications", waiting_since=rate_limit.OUTLETS.waiting_since)
def tell_gathered() -> int:
    """Tell up to OUTLETS_AT_ONCE players what waits for them and is due; return how many were looked at."""
    with transaction.atomic():
        moment = now()
        outlets = rate_limit.open_due_outlets(moment, limit=OUTLETS_AT_ONCE)
        if not outlets:
            return 0
        stored = delivery.tell([*_gathered(outlets, moment), *_digests(outlets, moment)])
        rate_limit.close_outlets(outlets.values())
    publishing.try_publish(push.pushes(stored))
    return len(outlets)


def _gathered(outlets: Mapping[UUID, Outlet], moment: datetime) -> list[Note]:
    """Return a note for each player whose second is over; over the limit it goes into the digest instead."""
    over = [item for item in outlets.values() if _is_over(item, moment)]
    allowed = [item for item in over if item.may_tell(moment)]
    too_many = [item for item in over if not item.may_tell(moment)]
    pending.put_into_digest([item.player_id for item in too_many])
    news = pending.take([item.player_id for item in allowed], in_digest=False, limit=UNLOCKS_MAX)
    # More than one notice holds, which only a burst of hundreds within a second can be.
    pending.put_into_digest([player_id for player_id, found in news.items() if len(found) == UNLOCKS_MAX])
    for item in over:
        item.end_gathering()
        if item in too_many or len(news.get(item.player_id, ())) == UNLOCKS_MAX:
            item.put_into_digest(moment)
    return _notes(friend_unlock.note_of, allowed, news, moment)


def _digests(outlets: Mapping[UUID, Outlet], moment: datetime) -> list[Note]:
    """Return a note for each player whose digest is due; over the limit it waits until that allows it."""
    due = [item for item in outlets.values() if item.digest_at is not None and item.digest_at <= moment]
    allowed = [item for item in due if item.may_tell(moment)]
    news = pending.take([item.player_id for item in allowed], in_digest=True, limit=UNLOCKS_MAX)
    for item in due:
        item.digest_at = None
        if item not in allowed:
            item.wait_for_allowance()
        elif len(news.get(item.player_id, ())) == UNLOCKS_MAX:
            item.put_into_digest(moment)
    return _notes(friends_digest.note_of, allowed, news, moment)


def _is_over(item: Outlet, moment: datetime) -> bool:
    return item.has_gathered and item.gathering_until is not None and item.gathering_until <= moment


def _notes(
    note_of: Callable[[UUID, Sequence[FriendUnlocked], datetime], Note],
    allowed: Collection[Outlet],
    news: Mapping[UUID, Sequence[News]],
    moment: datetime,
) -> list[Note]:
    words = pending.in_words(item for found in news.values() for item in found)
    notes = []
    for item in allowed:
        earned: list[FriendUnlocked] = [words[each] for each in news.get(item.player_id, ()) if each in words]
        if earned:
            item.told(moment)
            notes.append(note_of(item.player_id, earned, moment))
    return notes
