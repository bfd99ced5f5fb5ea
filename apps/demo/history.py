"""What the demo's players did: who plays what, who earned what and when, who follows whom."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from itertools import accumulate
from math import ceil
from random import Random
from statistics import NormalDist
from uuid import UUID

from apps.demo.people import Person

DAYS = 120
DAY = timedelta(days=1)
# Games a player has, and how many players have that many.
GAMES_PLAYED = ((1, 38), (2, 30), (3, 18), (4, 9), (5, 4), (6, 1))
# Those who can be logged in as have something to show.
DEMO_GAMES_MIN = 3
# How popular each game is, from the first title to the last.
POPULARITY = (30, 26, 18, 20, 14, 22)
# Unlocks by hour of the local day: evenings, and a little at lunch.
HOURS = tuple(accumulate((3, 2, 1, 1, 1, 1, 2, 3, 3, 3, 4, 5, 7, 6, 5, 5, 6, 8, 11, 14, 16, 15, 11, 6)))
# How many unlocks an evening brings.
SESSIONS = (1, 1, 1, 2, 2, 3, 4)
# The part of a result that is the player's own, the same in every game, and the part that comes with the game; what
# is left to 1 (as squares) is luck. So the rarest achievements meet in the same hands, and a few complete a game.
OWN, TASTE = 0.78, 0.52
LUCK = (1 - OWN**2 - TASTE**2) ** 0.5
# The rarer half of the first game stays to be earned by demo players: the share above which it is theirs already.
DEMO_SHARE_MIN = 0.45
# One career in 55 has its latest unlock within minutes of the opening.
PLAYING_NOW = 1 / 55
PLAYING_NOW_SECONDS = 1500


@dataclass(frozen=True, slots=True)
class Earnable:
    """An achievement of a stored game: what history needs of it."""

    id: UUID
    game_id: UUID
    points: int
    share: float


@dataclass(frozen=True, slots=True)
class PastUnlock:
    """One unlock of the past."""

    player_id: UUID
    achievement: Earnable
    unlocked_at: datetime


def unlocks(
    people: Sequence[Person], games: Sequence[Sequence[Earnable]], *, demo_count: int, moment: datetime, random: Random
) -> Iterator[PastUnlock]:
    """Yield every unlock of the last DAYS days, at least one a person and none after `moment`.

    Of a game's players, each achievement is earned by its share, give or take chance. The first `demo_count` people
    play the first game and leave its rarer half to be earned.
    """
    for number, person in enumerate(people):
        is_demo = number < demo_count
        for index in _games_of(random, len(games), is_demo=is_demo):
            is_kept_open = is_demo and index == 0
            prizes = [prize for prize in games[index] if not is_kept_open or prize.share > DEMO_SHARE_MIN]
            yield from _career(person, prizes, moment, random)


def follows(people: Sequence[Person], *, count: int, random: Random) -> list[tuple[Person, Person]]:
    """Return (follower, followed) pairs, none twice; a few are followed by hundreds, most by a handful."""
    weights = list(accumulate(1 / (rank + 4) ** 0.8 for rank in range(len(people))))
    pairs: dict[tuple[UUID, UUID], tuple[Person, Person]] = {}
    while len(pairs) < min(count, len(people) * (len(people) - 1) // 4):
        follower = random.choice(people)
        followed = random.choices(people, cum_weights=weights)[0]
        if follower is not followed:
            pairs[follower.id, followed.id] = follower, followed
    return list(pairs.values())


def _games_of(random: Random, available: int, *, is_demo: bool) -> list[int]:
    wanted = random.choices([n for n, _ in GAMES_PLAYED], [weight for _, weight in GAMES_PLAYED])[0]
    chosen = {0} if is_demo else set()
    while len(chosen) < min(max(wanted, DEMO_GAMES_MIN if is_demo else 1), available):
        chosen.add(random.choices(range(available), POPULARITY[:available])[0])
    return sorted(chosen)


def _career(person: Person, prizes: Sequence[Earnable], moment: datetime, random: Random) -> Iterator[PastUnlock]:
    """Yield one player's unlocks in one game, the easy ones mostly first."""
    ability = OWN * person.skill + TASTE * random.gauss(0, 1)
    won = [prize for prize in prizes if ability + LUCK * random.gauss(0, 1) > _bar(prize.share)]
    # Who has nothing is not among a game's players, and would raise the share of everything else.
    won = won or [random.choice(prizes[1:5])]
    won.sort(key=lambda prize: -prize.share * random.uniform(0.6, 1.4))
    for prize, time in zip(won, _times(len(won), person, moment, random), strict=True):
        yield PastUnlock(person.id, prize, time)


@cache
def _bar(share: float) -> float:
    """Return what a share of all abilities is above."""
    return NormalDist().inv_cdf(1 - share)


def _times(count: int, person: Person, moment: datetime, random: Random) -> list[datetime]:
    """Return `count` times in order: evenings of one stretch of days, all before `moment`."""
    days = min(DAYS - 1.0, count * random.lognormvariate(0.2, 0.7))
    # One in nine is still at it: as many as keep the last days as lively as those before.
    ended = moment - DAY * (DAYS - days) * max(0.0, random.uniform(-0.12, 1))
    times: list[datetime] = []
    while len(times) < count:
        time = _evening(ended - DAY * days * random.random(), person, random)
        for _ in range(min(random.choice(SESSIONS), count - len(times))):
            times.append(time - DAY * max(0, ceil((time - moment) / DAY)))
            time += timedelta(seconds=random.randrange(90, 2400))
    times.sort()
    if random.random() < PLAYING_NOW:
        times[-1] = moment - timedelta(seconds=15 + random.expovariate(1 / PLAYING_NOW_SECONDS))
    return sorted(times)


def _evening(day: datetime, person: Person, random: Random) -> datetime:
    """Return a time on that day, at an hour people play at where this one lives."""
    hour = random.choices(range(24), cum_weights=HOURS)[0]
    local = day.replace(hour=hour, minute=random.randrange(60), second=random.randrange(60))
    return local - timedelta(hours=person.utc_hours)
