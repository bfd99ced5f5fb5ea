from enum import StrEnum


class FormatEnum(StrEnum):
    LAUREL_ACHIEVEMENTS = "laurel.achievements"

    def __str__(self) -> str:
        return str(self.value)
