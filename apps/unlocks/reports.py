"""Reports by games, and their outcomes.

Not frozen: freezing makes construction five times as slow, and every unlock constructs two; nobody changes them.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from apps.unlocks.models import Source

# How far the clock of a caller may be ahead.
AHEAD_MAX = timedelta(minutes=5)


class Verb(StrEnum):
    """The operation of a progress report."""

    UNLOCK = "unlock"
    INCREMENT = "increment"
    SET_AT_LEAST = "set_at_least"
    REVEAL = "reveal"


@dataclass(slots=True)
class Report:
    """A game's report: this player earned that achievement (by id or by key), at a time or now."""

    game_id: UUID
    player_id: UUID
    achievement_id: UUID | None
    achievement_key: str | None
    unlocked_at: datetime | None
    source: Source = Source.SERVER
    # Earned in hardcore, in a game with modes; keyword only, so that verbs may follow.
    is_hardcore: bool = field(default=False, kw_only=True)


@dataclass(slots=True)
class ProgressReport(Report):
    """A report of progress. Increments carry a request id and apply once per id."""

    verb: Verb = Verb.UNLOCK
    steps: int | None = None
    request_id: str | None = None


@dataclass(slots=True)
class ReportOutcome:
    """The outcome of a report: `outcome` is unlocked, repeated, or one of errors.REFUSALS.

    `player_id` is the one in the report; `holder_id` the unlock's owner, different after a merge.
    """

    outcome: str
    player_id: UUID
    achievement_id: UUID | None
    points: int | None
    unlocked_at: datetime | None
    share: float | None
    holder_id: UUID | None = None
    # Of a hardcore report: whether it was the first, and when that was; None where it could not be earned any more.
    is_first_hardcore: bool | None = field(default=None, kw_only=True)
    hardcore_at: datetime | None = field(default=None, kw_only=True)

    @property
    def is_new(self) -> bool:
        return self.outcome == "unlocked"

    @property
    def exists(self) -> bool:
        return self.outcome in {"unlocked", "repeated"}


@dataclass(slots=True)
class ProgressOutcome(ReportOutcome):
    """As ReportOutcome; `outcome` may also be recorded, or unchanged: applied before, or already as far.

    Steps and target are None for one-shot achievements; an unlocked one is at its target.
    """

    steps: int | None = None
    target: int | None = None
    is_revealed: bool = False
