from enum import StrEnum


class WebhookEventTypeEnum(StrEnum):
    ACHIEVEMENT_RESTORED = "achievement.restored"
    ACHIEVEMENT_REVOKED = "achievement.revoked"
    ACHIEVEMENT_UNLOCKED = "achievement.unlocked"
    GAME_COMPLETED = "game.completed"

    def __str__(self) -> str:
        return str(self.value)
