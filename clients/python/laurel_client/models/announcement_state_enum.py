from enum import StrEnum


class AnnouncementStateEnum(StrEnum):
    SENDING = "sending"
    SENT = "sent"
    WITHDRAWN = "withdrawn"

    def __str__(self) -> str:
        return str(self.value)
