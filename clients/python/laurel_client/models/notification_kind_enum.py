from enum import StrEnum


class NotificationKindEnum(StrEnum):
    OWN_UNLOCK = "own_unlock"

    def __str__(self) -> str:
        return str(self.value)
