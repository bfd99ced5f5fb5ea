from enum import StrEnum


class RoadEnum(StrEnum):
    EMAIL = "email"
    INBOX = "inbox"
    SOCKET = "socket"

    def __str__(self) -> str:
        return str(self.value)
