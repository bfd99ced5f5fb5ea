"""The event types that an endpoint can choose."""

from collections.abc import Mapping
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy


class EventType(StrEnum):
    UNLOCKED = "achievement.unlocked"
    REVOKED = "achievement.revoked"
    RESTORED = "achievement.restored"
    HARDCORE = "achievement.hardcore"
    HARDCORE_REVOKED = "achievement.hardcore_revoked"
    HARDCORE_RESTORED = "achievement.hardcore_restored"
    COMPLETED = "game.completed"
    # Requested by a person and sent to one endpoint, whatever it has chosen.
    TEST = "webhook.test"


NAMES = [event_type.value for event_type in EventType]
CHOICES: Mapping[EventType, Promise] = {
    EventType.UNLOCKED: gettext_lazy("A player earned an achievement"),
    EventType.REVOKED: gettext_lazy("An unlock was revoked"),
    EventType.RESTORED: gettext_lazy("A revoked unlock was restored"),
    EventType.HARDCORE: gettext_lazy("A player earned an achievement in hardcore that they had already earned"),
    EventType.HARDCORE_REVOKED: gettext_lazy("The hardcore mode of an unlock was revoked, and not the unlock"),
    EventType.HARDCORE_RESTORED: gettext_lazy("A revoked hardcore mode was restored, to an unlock that was there"),
    EventType.COMPLETED: gettext_lazy("A player has earned every achievement of the game's base set"),
}
# Of games with modes.
IN_HARDCORE = frozenset({EventType.HARDCORE, EventType.HARDCORE_REVOKED, EventType.HARDCORE_RESTORED})
