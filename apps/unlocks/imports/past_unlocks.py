"""What an import may bring: unlocks of any age, of achievements that were ever published."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from apps.games.achievement_keys import fold_key
from apps.games.models import Achievement, AchievementState, SetKind
from apps.unlocks.reports import AHEAD_MAX

# What clocks show that were never set is earlier: the zeros of Unix, of MS-DOS and of GPS.
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class PastReport:
    """A player, by id or as text by the game's external id, earned an achievement, by id or key, at a time."""

    player: UUID | str
    achievement: UUID | str
    unlocked_at: datetime


@dataclass(slots=True)
class ImportOutcome:
    """What became of a past unlock: unlocked, repeated, or one of errors.REFUSALS, with no members then.

    `player_id` is the holder's, who may be whom the player was merged into.
    """

    outcome: str
    player_id: UUID | None = None
    achievement_id: UUID | None = None
    points: int | None = None
    unlocked_at: datetime | None = None

    @property
    def is_new(self) -> bool:
        return self.outcome == "unlocked"


@dataclass(frozen=True, slots=True)
class Definition:
    """What an import must know of an achievement; an event's times, else None."""

    id: UUID
    state: str
    set_kind: str
    opens_at: datetime | None
    closes_at: datetime | None

    def was_open(self, moment: datetime) -> bool:
        """Whether its set took what was earned at a moment; only an event has times."""
        if self.set_kind != SetKind.EVENT or self.opens_at is None or self.closes_at is None:
            return True
        return self.opens_at <= moment < self.closes_at


# By id and by folded key.
Definitions = dict[UUID | str, Definition]


def definitions_of(game_id: UUID, **conditions: object) -> Definitions:
    """Return a game's achievements, drafts included, or those that meet conditions. One query."""
    rows = Achievement.objects.filter(game_id=game_id, **conditions).values_list(
        "key", "id", "state", "set_kind", "achievement_set__opens_at", "achievement_set__closes_at"
    )
    found: Definitions = {}
    for key, achievement_id, state, set_kind, opens_at, closes_at in rows:
        definition = Definition(achievement_id, state, set_kind, opens_at, closes_at)
        found[fold_key(key)] = found[achievement_id] = definition
    return found


def definition_named(definitions: Definitions, achievement: UUID | str) -> Definition | None:
    """Return the achievement with this id or key."""
    return definitions.get(fold_key(achievement) if isinstance(achievement, str) else achievement)


def refusal_code(past: PastReport, definition: Definition | None, moment: datetime) -> str | None:
    """Return why an unlock can't be imported, as a code of errors.REFUSALS; None when it can.

    Archived achievements and retired sets are of the past, so what was earned of them counts.
    """
    if past.unlocked_at < EARLIEST:
        return "unlocked_at_implausible"
    if past.unlocked_at > moment + AHEAD_MAX:
        return "unlocked_at_in_future"
    if definition is None:
        return "achievement_not_found"
    if definition.state == AchievementState.DRAFT:
        return "achievement_not_published"
    return None if definition.was_open(past.unlocked_at) else "event_not_open"
