from enum import StrEnum


class MedalEnum(StrEnum):
    BRONZE = "bronze"
    GOLD = "gold"
    SILVER = "silver"
    TOP_10 = "top_10"
    TOP_100 = "top_100"
    TOP_1000 = "top_1000"

    def __str__(self) -> str:
        return str(self.value)
