"""Friends earned achievements: one, or several grouped within a second."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import ClassVar
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy, ngettext

from apps.notifications.kinds.base import ALL_OR_NONE, MAILED, Choice, Note, Payload, Road, Roads
from apps.notifications.payloads.friend_unlocks import FriendUnlocked, earned_payload, friends_in_words, games_in_words


class FriendUnlock:
    """Payload: {count, friend_count, game_count, unlocks: [{player, achievement, game, tier, unlocked_at}, ...]}.

    `unlocks` has the first few, with hidden ones masked; {game} is added when all are in one game.
    """

    key: ClassVar[str] = "friend_unlock"
    label: ClassVar[Promise] = gettext_lazy("Achievements of friends")
    audience: ClassVar[Promise] = gettext_lazy(
        "From players you follow: the first immediately, more within a second as a group."
    )
    sent_again_after: ClassVar[timedelta | None] = None
    roads: ClassVar[Roads] = {
        Road.INBOX: (Choice.ALL, Choice.DIGEST, Choice.NONE),
        Road.SOCKET: ALL_OR_NONE,
        Road.EMAIL: MAILED,
    }

    @staticmethod
    def title(payload: Payload) -> str:
        first, count, friends = payload["unlocks"][0], payload["count"], payload["friend_count"]
        who = first["player"]["display_name"] if friends == 1 else friends_in_words(friends)
        names = {unlock["achievement"]["id"] for unlock in payload["unlocks"]}
        is_one_thing = len(names) == 1 and count == len(payload["unlocks"])
        if is_one_thing:
            return gettext("{who} earned {what}").format(who=who, what=first["achievement"]["name"])
        words = ngettext("{who} earned {count:,} achievement", "{who} earned {count:,} achievements", count)
        return words.format(who=who, count=count)

    @staticmethod
    def body(payload: Payload) -> str:
        first = payload["unlocks"][0]
        games = payload["game_count"]
        where = first["game"]["name"] if games == 1 else games_in_words(games)
        tier = first["tier"] if payload["count"] == 1 else None
        return (gettext("In {where}, {tier}.") if tier else gettext("In {where}.")).format(where=where, tier=tier)

    @staticmethod
    def link(payload: Payload) -> str:
        return f"/players/{payload['unlocks'][0]['player']['handle']}/"


def note_of(player_id: UUID, earned: Sequence[FriendUnlocked], moment: datetime) -> Note:
    """Return the note of one or more unlocks of friends."""
    payload, game_id, items = earned_payload(earned)
    return Note(player_id, FriendUnlock.key, moment, payload, game_id, items=items if len(earned) > 1 else None)
