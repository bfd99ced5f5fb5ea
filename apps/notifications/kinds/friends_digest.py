"""Friends earned more than the rate limit lets through one by one."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import ClassVar
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy, ngettext

from apps.notifications.kinds.base import ALL_OR_NONE, MAILED, Note, Payload, Road, Roads
from apps.notifications.payloads.friend_unlocks import FriendUnlocked, earned_payload, friends_in_words, games_in_words


class FriendsDigest:
    """Payload: {count, friend_count, game_count, unlocks}, as of friend_unlock."""

    key: ClassVar[str] = "friends_digest"
    label: ClassVar[Promise] = gettext_lazy("Digest of friends' achievements")
    audience: ClassVar[Promise] = gettext_lazy(
        "From players you follow: whatever exceeds five notifications a minute, or all if you choose Grouped."
    )
    sent_again_after: ClassVar[timedelta | None] = None
    roads: ClassVar[Roads] = {Road.INBOX: ALL_OR_NONE, Road.SOCKET: ALL_OR_NONE, Road.EMAIL: MAILED}

    @staticmethod
    def title(payload: Payload) -> str:
        words = ngettext(
            "{count:,} new achievement by friends", "{count:,} new achievements by friends", payload["count"]
        )
        return words.format(count=payload["count"])

    @staticmethod
    def body(payload: Payload) -> str:
        unlocks, friends, games = payload["unlocks"], payload["friend_count"], payload["game_count"]
        who = unlocks[0]["player"]["display_name"] if friends == 1 else friends_in_words(friends)
        where = unlocks[0]["game"]["name"] if games == 1 else games_in_words(games)
        return gettext("{who}, in {where}.").format(who=who, where=where)

    @staticmethod
    def link(payload: Payload) -> str:
        return "/notifications/"


def note_of(player_id: UUID, earned: Sequence[FriendUnlocked], moment: datetime) -> Note:
    """Return the note of a digest of one or more unlocks."""
    payload, game_id, items = earned_payload(earned)
    return Note(player_id, FriendsDigest.key, moment, payload, game_id, items=items)
