"""Sending grouped unlocks and digests, when they are due and the limit allows."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from apps.core.background.work_queues import work_queue
from apps.core.clock import now
from apps.core.realtime import publishing
from apps.notifications import delivery
from apps.notifications.connections import push
from apps.notifications.friends import pending, rate_limit
from apps.notifications.friends.pending import PendingUnlock
from apps.notifications.friends.rate_limit import RateLimitState
from apps.notifications.kinds import friend_unlock, friends_digest
from apps.notifications.kinds.base import Note
from apps.notifications.payloads.friend_unlocks import FriendUnlocked

NAME = "send_grouped"
PLAYERS_AT_ONCE = 200
# In one notification; the rest goes into the next digest.
UNLOCKS_MAX = 500


@work_queue(name=NAME, queue="notifications", waiting_since=rate_limit.RATE_LIMITS.waiting_since)
def send_grouped() -> int:
    """Send up to PLAYERS_AT_ONCE players what is due for them; return how many players that took."""
    with transaction.atomic():
        moment = now()
        states = rate_limit.claim_due(moment, limit=PLAYERS_AT_ONCE)
        if not states:
            return 0
        stored = delivery.deliver([*_grouped(states, moment), *_digests(states, moment)])
        rate_limit.save_limits(states.values())
    publishing.try_publish(push.pushes(stored))
    return len(states)


def _grouped(states: Mapping[UUID, RateLimitState], moment: datetime) -> list[Note]:
    """Return a note for each player whose second is over; above the limit it goes into the digest instead."""
    over = [item for item in states.values() if _is_over(item, moment)]
    allowed = [item for item in over if item.may_send(moment)]
    too_many = [item for item in over if not item.may_send(moment)]
    pending.move_to_digest([item.player_id for item in too_many])
    unlocks = pending.take([item.player_id for item in allowed], in_digest=False, limit=UNLOCKS_MAX)
    # More than one notification holds: only a burst of hundreds within a second.
    pending.move_to_digest([player_id for player_id, found in unlocks.items() if len(found) == UNLOCKS_MAX])
    for item in over:
        item.end_grouping()
        if item in too_many or len(unlocks.get(item.player_id, ())) == UNLOCKS_MAX:
            item.put_into_digest(moment)
    return _notes(friend_unlock.note_of, allowed, unlocks, moment)


def _digests(states: Mapping[UUID, RateLimitState], moment: datetime) -> list[Note]:
    """Return a note for each player whose digest is due; above the limit it waits until the limit allows it."""
    due = [item for item in states.values() if item.digest_at is not None and item.digest_at <= moment]
    allowed = [item for item in due if item.may_send(moment)]
    unlocks = pending.take([item.player_id for item in allowed], in_digest=True, limit=UNLOCKS_MAX)
    for item in due:
        item.digest_at = None
        if item not in allowed:
            item.wait_for_allowance()
        elif len(unlocks.get(item.player_id, ())) == UNLOCKS_MAX:
            item.put_into_digest(moment)
    return _notes(friends_digest.note_of, allowed, unlocks, moment)


def _is_over(item: RateLimitState, moment: datetime) -> bool:
    return item.has_grouped and item.grouping_until is not None and item.grouping_until <= moment


def _notes(
    note_of: Callable[[UUID, Sequence[FriendUnlocked], datetime], Note],
    allowed: Collection[RateLimitState],
    unlocks: Mapping[UUID, Sequence[PendingUnlock]],
    moment: datetime,
) -> list[Note]:
    words = pending.described(item for found in unlocks.values() for item in found)
    notes = []
    for item in allowed:
        earned: list[FriendUnlocked] = [words[each] for each in unlocks.get(item.player_id, ()) if each in words]
        if earned:
            item.count_sent(moment)
            notes.append(note_of(item.player_id, earned, moment))
    return notes
