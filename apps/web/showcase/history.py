"""What the showcase's players did: who plays what, who earned what and when, who follows whom."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate
from random import Random
from uuid import UUID

from apps.web.showcase.people import Person

DAYS = 120
# Games a player has, and how many players have that many.
GAMES_PLAYED = ((1, 38), (2, 30), (3, 18), (4, 9), (5, 4), (6, 1))
# How popular each game is, from the first title to the last.
POPULARITY = (30, 26, 18, 20, 14, 22)
# Unlocks by hour of the local day: evenings, and a little at lunch.
HOURS = (3, 2, 1, 1, 1, 1, 2, 3, 3, 3, 4, 5, 7, 6, 5, 5, 6, 8, 11, 14, 16, 15, 11, 6)
# Players whose latest session is going on as the showcase opens.
PLAYING_NOW = 90


@dataclass(frozen=True, slots=True)
class Earnable:
    """An achievement of a stored game: what history needs of it."""

    id: UUID
    game_id: UUID
    points: int
    share: float


@dataclass(frozen=True, slots=True)
class Earned:
    """One unlock of the past."""

    player_id: UUID
    achievement: Earnable
    unlocked_at: datetime


def unlocks(
    people: Sequence[Person], games: Sequence[Sequence[Earnable]], *, demo_count: int, moment: datetime, random: Random
) -> Iterator[Earned]:
    """Yield every unlock of the last DAYS days, none after `moment`.

    The first `demo_count` people play the first game and leave its rarer half to be earned.
    """
    for number, person in enumerate(people):
        is_demo = number < demo_count
        for index in _games_of(random, len(games), must_have_first=is_demo):
            prizes = [prize for prize in games[index] if not (is_demo and index == 0) or prize.share > 0.45]
            yield from _career(person, prizes, moment, random)


def follows(people: Sequence[Person], *, count: int, random: Random) -> set[tuple[UUID, UUID]]:
    """Return (follower, followed) pairs; a few are followed by hundreds, most by a handful."""
    weights = list(accumulate(1 / (rank + 4) ** 0.8 for rank in range(len(people))))
    pairs: set[tuple[UUID, UUID]] = set()
    while len(pairs) < min(count, len(people) * (len(people) - 1) // 4):
        follower = random.choice(people)
        followed = random.choices(people, cum_weights=weights)[0]
        if follower is not followed:
            pairs.add((follower.id, followed.id))
    return pairs


def _games_of(random: Random, available: int, *, must_have_first: bool) -> list[int]:
    wanted = random.choices([n for n, _ in GAMES_PLAYED], [weight for _, weight in GAMES_PLAYED])[0]
    chosen = {0} if must_have_first else set()
    while len(chosen) < min(wanted, available):
        chosen.add(random.choices(range(available), POPULARITY[:available])[0])
    return sorted(chosen)


def _career(person: Person, prizes: Sequence[Earnable], moment: datetime, random: Random) -> Iterator[Earned]:
    """Yield one player's unlocks in one game, the easy ones mostly first."""
    won = [prize for prize in prizes if random.random() < min(0.985, prize.share * person.zeal)]
    if not won:
        return
    won.sort(key=lambda prize: -prize.share * random.uniform(0.6, 1.4))
    began = moment - timedelta(days=DAYS * random.random() ** 1.3)
    lasted = min(moment - began, timedelta(days=random.lognormvariate(2.6, 0.8)))
    times = sorted(_evening(began + lasted * random.random(), person, random) for _ in won)
    shift = timedelta(minutes=random.randrange(1, 90)) if random.random() < PLAYING_NOW / 5000 else None
    for prize, time in zip(won, times, strict=True):
        yield Earned(person.id, prize, min(time, moment - timedelta(seconds=random.randrange(40, 86_000))))
    if shift is not None and (missing := [prize for prize in prizes if prize not in won]):
        yield Earned(person.id, random.choice(missing), moment - shift)


def _evening(time: datetime, person: Person, random: Random) -> datetime:
    """Move a time to an hour people play at; zones are taken by their longitude, near enough for a crowd."""
    local_hour = random.choices(range(24), HOURS)[0]
    hour = (local_hour - _OFFSETS.get(person.region, 0)) % 24
    return time.replace(hour=hour, minute=random.randrange(60), second=random.randrange(60))


_OFFSETS = {"EU": 1, "NA": -6, "AS": 8, "SA": -4, "OC": 10, "AF": 2}
