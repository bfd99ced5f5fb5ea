"""Delivers an unlock to the followers of its player, a bounded chunk at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from apps.core.background.work_queues import work_queue
from apps.core.clock import now
from apps.core.database.sql import change_rows, fetch_value, text_array
from apps.core.realtime import publishing
from apps.notifications import delivery, preferences
from apps.notifications.connections import push
from apps.notifications.friends import pending
from apps.notifications.friends.pending import PendingUnlock
from apps.notifications.friends.rate_limit import RateLimitState, lock_limits, save_limits
from apps.notifications.kinds import friend_unlock
from apps.notifications.kinds.base import Choice, Note
from apps.notifications.kinds.friend_unlock import FriendUnlock
from apps.notifications.payloads.friend_unlocks import FriendUnlocked
from apps.players.querysets import seen_sql
from apps.unlocks.events import AchievementUnlocked

NAME = "fan_out"
ENTRIES_AT_ONCE = 50
# Their inboxes are locked until the chunk commits, some 50 ms; relays may wait for one of them.
PAIRS_AT_ONCE = 500
# Sent at once, even while others are being grouped.
SPECIAL = frozenset({"rare", "epic", "legendary"})

# Only unlocks of players who have followers.
_ENQUEUE = """
INSERT INTO fan_out_entry (player_id, achievement_id, game_id, unlocked_at, created_at)
SELECT u.player_id, u.achievement_id, u.game_id, u.unlocked_at, %(moment)s
FROM unnest(%(player_ids)s::text::uuid[], %(achievement_ids)s::text::uuid[], %(game_ids)s::text::uuid[],
    %(unlocked_ats)s::text::timestamptz[]) AS u (player_id, achievement_id, game_id, unlocked_at)
WHERE EXISTS (SELECT FROM follow f WHERE f.followed_id = u.player_id)
"""
_CLAIM_DUE = """
SELECT id, player_id, achievement_id, unlocked_at, after_id FROM fan_out_entry
ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED
"""
# Only followers who may see the player.
_FOLLOWERS = f"""
SELECT e.id, f.follower_id
FROM unnest(%(ids)s::bigint[], %(player_ids)s::text::uuid[], %(after_ids)s::text::uuid[]) AS e (id, player_id, after_id)
JOIN player s ON s.id = e.player_id AND s.visibility <> 'private'
CROSS JOIN LATERAL (
    SELECT f.follower_id FROM follow f JOIN player p ON p.id = f.follower_id AND p.merged_into_id IS NULL
    WHERE f.followed_id = e.player_id AND f.follower_id > e.after_id
        AND {seen_sql("s", "f.follower_id")}
    ORDER BY f.follower_id LIMIT %(limit)s) f
ORDER BY e.id, f.follower_id LIMIT %(limit)s
"""  # noqa: S608 - put together from constants
_WAITING_SINCE = "SELECT created_at FROM fan_out_entry ORDER BY id LIMIT 1"


@dataclass(frozen=True, slots=True)
class FanOutItem:
    """An unlock that followers up to `after_id` have been handled for."""

    id: int
    player_id: UUID
    achievement_id: UUID
    unlocked_at: datetime
    after_id: UUID


def enqueue_unlocks(events: Sequence[AchievementUnlocked]) -> int:
    """Enqueue the unlocks that have followers; return how many. Call in the relay's step. One statement."""
    return change_rows(
        _ENQUEUE,
        {
            "player_ids": text_array(event.player_id.hex for event in events),
            "achievement_ids": text_array(event.achievement_id.hex for event in events),
            "game_ids": text_array(event.game_id.hex for event in events),
            "unlocked_ats": text_array(event.unlocked_at.isoformat() for event in events),
            "moment": now(),
        },
    )


def waiting_since() -> datetime | None:
    """Return since when the oldest unlock is waiting."""
    since: datetime | None = fetch_value(_WAITING_SINCE)
    return since


@work_queue(name=NAME, queue="notifications", waiting_since=waiting_since)
def fan_out() -> int:
    """Send to up to PAIRS_AT_ONCE followers, or store for later; return how many unlocks that took."""
    with transaction.atomic():
        entries = _claim_due()
        if not entries:
            return 0
        pairs = _followers(entries)
        stored = delivery.deliver(_spread(_pending_unlocks(entries, pairs), now()))
        _advance(entries, pairs)
    publishing.try_publish(push.pushes(stored))
    return len(entries)


def _claim_due() -> list[FanOutItem]:
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM_DUE, [ENTRIES_AT_ONCE])
        return [FanOutItem(*row) for row in cursor.fetchall()]


def _followers(entries: Sequence[FanOutItem]) -> list[tuple[int, UUID]]:
    """Return (entry id, follower), in that order, up to PAIRS_AT_ONCE."""
    with connection.cursor() as cursor:
        cursor.execute(
            _FOLLOWERS,
            {
                "ids": [entry.id for entry in entries],
                "player_ids": text_array(entry.player_id.hex for entry in entries),
                "after_ids": text_array(entry.after_id.hex for entry in entries),
                "limit": PAIRS_AT_ONCE,
            },
        )
        return [(entry_id, follower_id) for entry_id, follower_id in cursor.fetchall()]


def _pending_unlocks(entries: Sequence[FanOutItem], pairs: Sequence[tuple[int, UUID]]) -> list[PendingUnlock]:
    by_id = {entry.id: entry for entry in entries}
    return [
        PendingUnlock(follower_id, entry.player_id, entry.achievement_id, entry.unlocked_at)
        for entry_id, follower_id in pairs
        for entry in [by_id[entry_id]]
    ]


def _spread(unlocks: Sequence[PendingUnlock], moment: datetime) -> list[Note]:
    """Return the notes to send now; the others wait, to be grouped or for the digest."""
    choices = preferences.inbox_choices({item.player_id for item in unlocks}, FriendUnlock)
    wanted = [item for item in unlocks if choices.get(item.player_id) != Choice.NONE]
    states = lock_limits(item.player_id for item in wanted)
    described = pending.described(wanted)
    notes, later, for_digest = [], [], set()
    for item in wanted:
        state, earned = states[item.player_id], described.get(item)
        if earned is None:
            continue
        if choices.get(item.player_id) == Choice.DIGEST or not state.may_send(moment):
            state.put_into_digest(moment)
            later.append(item)
            for_digest.add(item)
        elif _is_sent_now(state, earned, moment):
            state.count_sent(moment)
            notes.append(friend_unlock.note_of(item.player_id, [earned], moment))
        else:
            state.has_grouped = True
            later.append(item)
    pending.add(later, in_digest=for_digest)
    save_limits(states.values())
    return notes


def _is_sent_now(state: RateLimitState, earned: FriendUnlocked, moment: datetime) -> bool:
    return earned.achievement.tier in SPECIAL or not state.is_grouping(moment)


def _advance(entries: Sequence[FanOutItem], pairs: Sequence[tuple[int, UUID]]) -> None:
    """Delete entries that are done; in a full chunk, the last one and those after it are not."""
    is_full = len(pairs) == PAIRS_AT_ONCE
    last_id, last_follower = pairs[-1] if is_full else (entries[-1].id + 1, None)
    done = [entry.id for entry in entries if entry.id < last_id]
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM fan_out_entry WHERE id = ANY (%s)", [done])
        if last_follower is not None:
            cursor.execute("UPDATE fan_out_entry SET after_id = %s WHERE id = %s", [last_follower, last_id])
