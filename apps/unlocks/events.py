"""What the ledger tells the rest of the house."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from apps.core.background.outbox import Event, event


@dataclass(frozen=True, slots=True)
class LedgerEvent(Event):
    """What each event of one unlock says of it."""

    player_id: UUID
    achievement_id: UUID
    game_id: UUID
    points: int
    unlocked_at: datetime


@event
@dataclass(frozen=True, slots=True)
class AchievementUnlocked(LedgerEvent):
    """A player earned an achievement for the first time."""

    kind: ClassVar[str] = "achievement_unlocked"


@event
@dataclass(frozen=True, slots=True)
class SandboxAchievementUnlocked(LedgerEvent):
    """A test key reported an achievement; it counts nowhere."""

    kind: ClassVar[str] = "sandbox_achievement_unlocked"


@event
@dataclass(frozen=True, slots=True)
class UnlockRevoked(LedgerEvent):
    """A developer took an unlock back: it counts nowhere any more."""

    kind: ClassVar[str] = "unlock_revoked"
    is_barrier: ClassVar[bool] = True


@event
@dataclass(frozen=True, slots=True)
class UnlockRestored(LedgerEvent):
    """A revoked unlock is back as it was: it counts again, and nobody is told."""

    kind: ClassVar[str] = "unlock_restored"


@event
@dataclass(frozen=True, slots=True)
class RevocationContinues(Event):
    """A revocation, or the restoring of one, has more unlocks to go than fit one transaction."""

    kind: ClassVar[str] = "revocation_continues"

    revocation_id: UUID
