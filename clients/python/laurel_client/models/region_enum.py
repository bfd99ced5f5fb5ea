from enum import StrEnum


class RegionEnum(StrEnum):
    AF = "AF"
    AN = "AN"
    AS = "AS"
    EU = "EU"
    NA = "NA"
    OC = "OC"
    SA = "SA"

    def __str__(self) -> str:
        return str(self.value)
