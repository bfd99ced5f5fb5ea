"""The kinds of notifications, one file each: whom they are for, their payload, and their text."""

from apps.notifications.kinds.announcement import StudioAnnouncement
from apps.notifications.kinds.base import Kind
from apps.notifications.kinds.friend_unlock import FriendUnlock
from apps.notifications.kinds.friends_digest import FriendsDigest
from apps.notifications.kinds.game_completed import GameCompletedKind
from apps.notifications.kinds.new_follower import NewFollower
from apps.notifications.kinds.own_unlock import OwnUnlock
from apps.notifications.kinds.rank_overtaken import RankOvertakenKind
from apps.notifications.kinds.season_medal import SeasonMedal

# Keys are stored with every notification: a kind may be removed, but its key never reused. In the order of the page.
KINDS: dict[str, type[Kind]] = {
    kind.key: kind
    for kind in (
        OwnUnlock,
        GameCompletedKind,
        SeasonMedal,
        RankOvertakenKind,
        FriendUnlock,
        FriendsDigest,
        NewFollower,
        StudioAnnouncement,
    )
}
NAMES = sorted(KINDS)
