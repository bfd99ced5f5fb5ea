from enum import StrEnum


class RevocationStateEnum(StrEnum):
    RESTORED = "restored"
    RESTORING = "restoring"
    REVOKED = "revoked"
    REVOKING = "revoking"

    def __str__(self) -> str:
        return str(self.value)
