from enum import StrEnum


class ChoiceEnum(StrEnum):
    ALL = "all"
    DIGEST = "digest"
    NONE = "none"

    def __str__(self) -> str:
        return str(self.value)
