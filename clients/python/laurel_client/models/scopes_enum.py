from enum import StrEnum


class ScopesEnum(StrEnum):
    ANNOUNCEMENTSWRITE = "announcements:write"
    DEFINITIONSWRITE = "definitions:write"
    PLAYERSWRITE = "players:write"
    READ = "read"
    UNLOCKSREVOKE = "unlocks:revoke"
    UNLOCKSWRITE = "unlocks:write"

    def __str__(self) -> str:
        return str(self.value)
