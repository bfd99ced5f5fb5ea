"""Events that the ledger emits."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from apps.core.background.outbox import Event, event
from apps.core.database.sql import elements_of
from apps.players.cache_versions import OfPlayers


@dataclass(frozen=True, slots=True)
class LedgerEvent(OfPlayers):
    """The members shared by events of one unlock."""

    player_id: UUID
    achievement_id: UUID
    game_id: UUID
    points: int
    unlocked_at: datetime
    # Who vouched for it, a Source; those recorded before events said so were a server's.
    source: int = 1


@dataclass(frozen=True, slots=True)
class UnlockEvent(LedgerEvent):
    """An unlock that came or went, and when it was earned in hardcore if its mode came or went with it."""

    hardcore_at: datetime | None = None


@event
@dataclass(frozen=True, slots=True)
class AchievementUnlocked(UnlockEvent):
    """A player earned an achievement for the first time."""

    kind: ClassVar[str] = "achievement_unlocked"


@event
@dataclass(frozen=True, slots=True)
class SandboxAchievementUnlocked(LedgerEvent):
    """A test key reported an achievement, which counts nowhere."""

    kind: ClassVar[str] = "sandbox_achievement_unlocked"


@event
@dataclass(frozen=True, slots=True)
class UnlockRevoked(UnlockEvent):
    """A developer revoked an unlock, which no longer counts."""

    kind: ClassVar[str] = "unlock_revoked"
    is_barrier: ClassVar[bool] = True


@event
@dataclass(frozen=True, slots=True)
class UnlockRestored(UnlockEvent):
    """A revoked unlock was restored: it counts again, and sends no notification."""

    kind: ClassVar[str] = "unlock_restored"
    follows_barriers: ClassVar[bool] = True


@dataclass(frozen=True, slots=True)
class HardcoreEvent(LedgerEvent):
    """The same of an unlock's hardcore mode: `unlocked_at` is when it was earned in hardcore, `source` who says so."""

    # Whether it came or went with the unlock, rather than alone.
    is_with_unlock: bool = False


@event
@dataclass(frozen=True, slots=True)
class HardcoreEarned(HardcoreEvent):
    """A player earned an achievement in hardcore for the first time, with the unlock or after it."""

    kind: ClassVar[str] = "hardcore_earned"


@event
@dataclass(frozen=True, slots=True)
class HardcoreRevoked(HardcoreEvent):
    """The hardcore mode of an unlock was revoked."""

    kind: ClassVar[str] = "hardcore_revoked"
    is_barrier: ClassVar[bool] = True


@event
@dataclass(frozen=True, slots=True)
class HardcoreRestored(HardcoreEvent):
    """A revoked hardcore mode was restored."""

    kind: ClassVar[str] = "hardcore_restored"
    follows_barriers: ClassVar[bool] = True


@event
@dataclass(frozen=True, slots=True)
class UnlocksImported(OfPlayers):
    """A chunk of a game's past came into the ledger, column by column: it counts, and notifies nobody.

    A column is a PostgreSQL array as text, which the relay's statements take as it is: as values, a thousand unlocks
    took 25 of the relay's own 40 ms.
    """

    kind: ClassVar[str] = "unlocks_imported"
    # models.Source.IMPORT, which vouched for them all.
    source: ClassVar[int] = 5

    game_id: UUID
    player_ids: str
    achievement_ids: str
    points: str
    unlocked_ats: str

    def __len__(self) -> int:
        return self.points.count(",") + 1

    @property
    def players(self) -> set[UUID]:
        return set(map(UUID, set(elements_of(self.player_ids))))

    def counts(self, left_out: Collection[UUID]) -> dict[UUID, int]:
        """Return how often it has each achievement, but for those players."""
        without = set(map(str, left_out))
        pairs = zip(elements_of(self.player_ids), elements_of(self.achievement_ids), strict=True)
        counts = Counter(achievement for player, achievement in pairs if player not in without)
        return {UUID(achievement): count for achievement, count in counts.items()}


@event
@dataclass(frozen=True, slots=True)
class RevocationContinues(Event):
    """A revocation or restoration has more unlocks than fit in one transaction."""

    kind: ClassVar[str] = "revocation_continues"

    revocation_id: UUID
