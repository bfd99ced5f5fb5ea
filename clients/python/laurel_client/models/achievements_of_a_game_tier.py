from enum import StrEnum


class AchievementsOfAGameTier(StrEnum):
    COMMON = "common"
    EPIC = "epic"
    LEGENDARY = "legendary"
    RARE = "rare"
    UNCOMMON = "uncommon"

    def __str__(self) -> str:
        return str(self.value)
