from enum import StrEnum


class EnvironmentEnum(StrEnum):
    LIVE = "live"
    TEST = "test"

    def __str__(self) -> str:
        return str(self.value)
