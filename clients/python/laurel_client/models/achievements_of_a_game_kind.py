from enum import StrEnum


class AchievementsOfAGameKind(StrEnum):
    INCREMENTAL = "incremental"
    ONE_SHOT = "one_shot"

    def __str__(self) -> str:
        return str(self.value)
