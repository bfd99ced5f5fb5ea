"""The event types that an endpoint can choose."""

from collections.abc import Mapping
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy


class EventType(StrEnum):
    UNLOCKED = "achievement.unlocked"
    REVOKED = "achievement.revoked"
    RESTORED = "achievement.restored"
    COMPLETED = "game.completed"
    # Requested by a person and sent to one endpoint, whatever it has chosen.
    TEST = "webhook.test"


NAMES = [event_type.value for event_type in EventType]
CHOICES: Mapping[EventType, Promise] = {
    EventType.UNLOCKED: gettext_lazy("A player earned an achievement"),
    EventType.REVOKED: gettext_lazy("An unlock was revoked"),
    EventType.RESTORED: gettext_lazy("A revoked unlock was restored"),
    EventType.COMPLETED: gettext_lazy("A player has earned every achievement of the game's base set"),
}
