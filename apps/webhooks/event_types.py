"""What an endpoint may choose to be told of."""

from collections.abc import Mapping
from enum import StrEnum


class EventType(StrEnum):
    UNLOCKED = "achievement.unlocked"
    REVOKED = "achievement.revoked"
    RESTORED = "achievement.restored"
    COMPLETED = "game.completed"
    # Asked for by a person and sent to one endpoint, whatever it has chosen.
    TEST = "webhook.test"


NAMES = [event_type.value for event_type in EventType]
CHOICES: Mapping[EventType, str] = {
    EventType.UNLOCKED: "A player earned an achievement",
    EventType.REVOKED: "An unlock was taken back",
    EventType.RESTORED: "A revoked unlock is back",
    EventType.COMPLETED: "A player has earned every achievement of the game",
}
