"""What games report, and what becomes of it.

Not frozen, as freezing makes each five times as slow to make, and every unlock makes two; nobody changes them.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from apps.unlocks.models import Source


class Verb(StrEnum):
    """What a progress report asks for."""

    UNLOCK = "unlock"
    INCREMENT = "increment"
    SET_AT_LEAST = "set_at_least"
    REVEAL = "reveal"


@dataclass(slots=True)
class Report:
    """What a game says: this player earned that achievement (named by id or by key), at a time or just now."""

    game_id: UUID
    player_id: UUID
    achievement_id: UUID | None
    achievement_key: str | None
    unlocked_at: datetime | None
    source: Source = Source.SERVER


@dataclass(slots=True)
class ProgressReport(Report):
    """How far the player is now. Increments carry a request id, under which they are applied once."""

    verb: Verb = Verb.UNLOCK
    steps: int | None = None
    request_id: str | None = None


@dataclass(slots=True)
class ReportOutcome:
    """What became of a report: `outcome` is unlocked, repeated, or one of refusals.REFUSALS.

    `player_id` is the one that was named; `holder_id` the one who holds the unlock, another after a merge.
    """

    outcome: str
    player_id: UUID
    achievement_id: UUID | None
    points: int | None
    unlocked_at: datetime | None
    share: float | None
    holder_id: UUID | None = None

    @property
    def is_new(self) -> bool:
        return self.outcome == "unlocked"

    @property
    def exists(self) -> bool:
        return self.outcome in {"unlocked", "repeated"}


@dataclass(slots=True)
class ProgressOutcome(ReportOutcome):
    """As Outcome, where `outcome` may also be recorded, or unchanged: applied before, or already as far.

    Steps and target are None for what is earned at once; what is unlocked stands at its target.
    """

    steps: int | None = None
    target: int | None = None
    is_revealed: bool = False
