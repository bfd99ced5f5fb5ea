"""What games report, and what becomes of it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from apps.unlocks.models import Source

REFUSALS = frozenset(
    {
        "player_not_found",
        "achievement_not_found",
        "achievement_archived",
        "achievement_not_published",
        "unlocked_at_too_old",
        "unlocked_at_in_future",
    }
)


@dataclass(frozen=True, slots=True)
class Report:
    """What a game says: this player earned that achievement (named by id or by key), at a time or just now."""

    game_id: UUID
    player_id: UUID
    achievement_id: UUID | None
    achievement_key: str | None
    unlocked_at: datetime | None
    source: Source = Source.SERVER


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a report: `outcome` is unlocked, repeated, or one of REFUSALS."""

    outcome: str
    player_id: UUID
    achievement_id: UUID | None
    points: int | None
    unlocked_at: datetime | None
    share: float | None

    @property
    def is_new(self) -> bool:
        return self.outcome == "unlocked"

    @property
    def exists(self) -> bool:
        return self.outcome in {"unlocked", "repeated"}
