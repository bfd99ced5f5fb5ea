"""What of the history was earned in hardcore: by the bolder players of games with modes, at once or later."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from math import sqrt
from random import Random
from uuid import UUID

from apps.demo.history import PastUnlock, bar
from apps.demo.people import Person

# So many of a game's players try hardcore: the able more often. Demo players all do.
SHARE = 0.3
BOLDNESS = 0.6
CHANCE = sqrt(1 - BOLDNESS**2)
# Of those, so many begin with it; the others first earn a part of theirs casually, and earn some of that again.
AT_ONCE, AGAIN = 0.45, 0.5
# From the hardest achievement to the easiest, earned in hardcore by those who try.
CHANCE_MIN, CHANCE_MAX = 0.2, 0.9
LATER_DAYS = (2, 30)


@dataclass(frozen=True, slots=True)
class PastHardcore:
    """A past unlock that was earned in hardcore too, then or later."""

    unlock: PastUnlock
    hardcore_at: datetime


def in_hardcore(
    people: Sequence[Person], earned: Iterable[PastUnlock], *, demo_count: int, moment: datetime, random: Random
) -> Iterator[PastHardcore]:
    """Yield what was earned in hardcore, none before its unlock or after `moment`.

    `earned` has each player's unlocks of a game together and in order of time, as history makes them.
    """
    skills = {person.id: person.skill for person in people}
    bold = {person.id for person in people[:demo_count]}
    of_modes = (item for item in earned if item.achievement.has_modes)
    for (player_id, _), career in groupby(of_modes, key=_player_and_game):
        if player_id in bold or _is_bold(skills[player_id], random):
            yield from _career(list(career), moment, random)


def _player_and_game(item: PastUnlock) -> tuple[UUID, UUID]:
    return item.player_id, item.achievement.game_id


def _is_bold(skill: float, random: Random) -> bool:
    return BOLDNESS * skill + CHANCE * random.gauss(0, 1) > bar(SHARE)


def _career(career: Sequence[PastUnlock], moment: datetime, random: Random) -> Iterator[PastHardcore]:
    """Yield what one player earned in hardcore in one game: once begun, with the unlock; of the earlier, some again."""
    began = 0 if random.random() < AT_ONCE else random.randrange(len(career))
    for number, item in enumerate(career):
        if random.random() > CHANCE_MIN + (CHANCE_MAX - CHANCE_MIN) * item.achievement.share:
            continue
        if number >= began:
            yield PastHardcore(item, item.unlocked_at)
        elif random.random() < AGAIN and (later := _later(item.unlocked_at, random)) <= moment:
            yield PastHardcore(item, later)


def _later(time: datetime, random: Random) -> datetime:
    """Return a time some days later, at about the same hour."""
    return time + timedelta(days=random.randrange(*LATER_DAYS), minutes=random.randrange(-45, 45))
