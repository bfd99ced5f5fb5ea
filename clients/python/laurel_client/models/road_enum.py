from enum import StrEnum


class RoadEnum(StrEnum):
    INBOX = "inbox"

    def __str__(self) -> str:
        return str(self.value)
