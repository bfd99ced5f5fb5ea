from enum import StrEnum


class WebhookMessageTypeEnum(StrEnum):
    ACHIEVEMENT_RESTORED = "achievement.restored"
    ACHIEVEMENT_REVOKED = "achievement.revoked"
    ACHIEVEMENT_UNLOCKED = "achievement.unlocked"
    GAME_COMPLETED = "game.completed"
    WEBHOOK_TEST = "webhook.test"

    def __str__(self) -> str:
        return str(self.value)
