from enum import StrEnum


class NotificationKindEnum(StrEnum):
    FRIENDS_DIGEST = "friends_digest"
    FRIEND_UNLOCK = "friend_unlock"
    GAME_COMPLETED = "game_completed"
    NEW_FOLLOWER = "new_follower"
    OWN_UNLOCK = "own_unlock"
    RANK_OVERTAKEN = "rank_overtaken"
    SEASON_MEDAL = "season_medal"
    STUDIO_ANNOUNCEMENT = "studio_announcement"

    def __str__(self) -> str:
        return str(self.value)
