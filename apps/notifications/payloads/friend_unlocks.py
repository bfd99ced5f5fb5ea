"""Unlocks of friends in payloads: the first few with names, all of them by id."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import ngettext

from apps.notifications.payloads.subjects import ShownAchievement

# With names; a frame stays under 2 KB.
SHOWN_MAX = 3


@dataclass(frozen=True, slots=True)
class FriendUnlocked:
    """An unlock of a friend; `friend` as shown_players returns them."""

    friend: dict[str, object]
    achievement: ShownAchievement
    unlocked_at: datetime


def earned_payload(earned: Sequence[FriendUnlocked]) -> tuple[dict[str, object], UUID | None, list[dict[str, object]]]:
    """Return the payload, the one game it is about (None for several), and every unlock by its ids."""
    games = {item.achievement.game["id"]: item.achievement.game for item in earned}
    payload: dict[str, object] = {
        "count": len(earned),
        "friend_count": len({item.friend["id"] for item in earned}),
        "game_count": len(games),
        "unlocks": [_shown(item) for item in earned[:SHOWN_MAX]],
    }
    items = [
        {"player_id": item.friend["id"], "achievement_id": item.achievement.id, "unlocked_at": item.unlocked_at}
        for item in earned
    ]
    if len(games) > 1:
        return payload, None, items
    ((game_id, game),) = games.items()
    return payload | {"game": game}, game_id, items


def _shown(item: FriendUnlocked) -> dict[str, object]:
    return {
        "player": item.friend,
        "achievement": item.achievement.for_others(),
        "game": item.achievement.game,
        "tier": item.achievement.tier,
        "unlocked_at": item.unlocked_at,
    }


def friends_in_words(count: int) -> str:
    return ngettext("{count:,} friend", "{count:,} friends", count).format(count=count)


def games_in_words(count: int) -> str:
    return ngettext("{count:,} game", "{count:,} games", count).format(count=count)
