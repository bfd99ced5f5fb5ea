"""The history of the demo's players: games played, achievements earned, follows."""

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
# Games per player, and the percentage of players with that many.
GAMES_PLAYED = ((1, 38), (2, 30), (3, 18), (4, 9), (5, 4), (6, 1))
# Demo accounts have something to show.
DEMO_GAMES_MIN = 3
# Popularity of the games, from the first title to the last.
POPULARITY = (30, 26, 18, 20, 14, 22)
# Unlocks by local hour: evenings, and a few at lunch.
HOURS = tuple(accumulate((3, 2, 1, 1, 1, 1, 2, 3, 3, 3, 4, 5, 7, 6, 5, 5, 6, 8, 11, 14, 16, 15, 11, 6)))
# Unlocks in one evening, sampled.
SESSIONS = (1, 1, 1, 2, 2, 3, 4)
# The weight of a player's general ability and of ability in one game; the rest up to 1 (as squares) is chance. So the
# rarest achievements concentrate on the same players, and a few complete a game.
OWN, TASTE = 0.78, 0.52
LUCK = (1 - OWN**2 - TASTE**2) ** 0.5
# The rarer half of the first game is left for demo players to earn: achievements above this share are theirs already.
DEMO_SHARE_MIN = 0.45
# The first demo player lacks one achievement in the second of their games.
NEARLY_COMPLETE = (0, 1)
# Each demo player follows some of those who played last; so many of these follow back.
ACTIVE_PEOPLE, FRIENDS_WHO_PLAY, RETURNED = 80, 8, 0.6
# One career in 55 has its latest unlock within minutes of the start.
PLAYING_NOW = 1 / 55
PLAYING_NOW_SECONDS = 1500


@dataclass(frozen=True, slots=True)
class Earnable:
    """The facts about a stored achievement that history needs."""

    id: UUID
    game_id: UUID
    points: int
    share: float
    # Of an event: nobody earned it before.
    opens_at: datetime | None = None
    is_in_base_set: bool = True
    has_modes: bool = False


@dataclass(frozen=True, slots=True)
class PastUnlock:
    """A past unlock."""

    player_id: UUID
    achievement: Earnable
    unlocked_at: datetime


def unlocks(
    people: Sequence[Person], games: Sequence[Sequence[Earnable]], *, demo_count: int, moment: datetime, random: Random
) -> Iterator[PastUnlock]:
    """Yield every unlock of the last DAYS days, at least one per person and none after `moment`.

    Of a game's players, about its share earns each achievement. The first `demo_count` people play the first game and
    those with modes, and leave the first's rarer half to be earned; the first of them lacks one achievement of another.
    """
    shown = {0, *(index for index, game in enumerate(games) if game[0].has_modes)}
    for number, person in enumerate(people):
        is_demo = number < demo_count
        for place, index in enumerate(_games_of(random, len(games), shown if is_demo else set())):
            is_unfinished = is_demo and index == 0
            achievements = [
                achievement for achievement in games[index] if not is_unfinished or achievement.share > DEMO_SHARE_MIN
            ]
            if (number, place) == NEARLY_COMPLETE:
                won = sorted((item for item in achievements if item.is_in_base_set), key=lambda item: item.share)[1:]
            else:
                won = _won(person, achievements, random)
            yield from _career(person, won, moment, random)


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


def _games_of(random: Random, available: int, shown: set[int]) -> list[int]:
    """Return what someone plays; who shows some games, of a demo account, plays at least DEMO_GAMES_MIN."""
    wanted = random.choices([n for n, _ in GAMES_PLAYED], [weight for _, weight in GAMES_PLAYED])[0]
    chosen = set(shown)
    while len(chosen) < min(max(wanted, DEMO_GAMES_MIN if shown else 1), available):
        chosen.add(random.choices(range(available), POPULARITY[:available])[0])
    return sorted(chosen)


def friends_who_play(
    people: Sequence[Person], earned: Sequence[PastUnlock], *, demo_count: int, random: Random
) -> list[tuple[Person, Person]]:
    """Return follows of those who played last by the first `demo_count` people, most of them returned; none twice."""
    last: dict[UUID, datetime] = {}
    for item in earned:
        last[item.player_id] = max(item.unlocked_at, last.get(item.player_id, item.unlocked_at))
    active = sorted(people, key=lambda person: last[person.id], reverse=True)[:ACTIVE_PEOPLE]
    pairs: dict[tuple[UUID, UUID], tuple[Person, Person]] = {}
    for person in people[:demo_count]:
        for friend in random.sample(active, min(FRIENDS_WHO_PLAY, len(active))):
            if friend is not person:
                pairs[person.id, friend.id] = person, friend
                if random.random() < RETURNED:
                    pairs[friend.id, person.id] = friend, person
    return list(pairs.values())


def _won(person: Person, achievements: Sequence[Earnable], random: Random) -> list[Earnable]:
    """Return what one player earns in one game."""
    ability = OWN * person.skill + TASTE * random.gauss(0, 1)
    won = [achievement for achievement in achievements if ability + LUCK * random.gauss(0, 1) > bar(achievement.share)]
    # A player without unlocks is not counted as one of the game, which would raise all other shares.
    return won or [random.choice(achievements[1:5])]


def _career(person: Person, won: Sequence[Earnable], moment: datetime, random: Random) -> Iterator[PastUnlock]:
    """Yield one player's unlocks in one game, the easy ones mostly first."""
    won = sorted(won, key=lambda achievement: -achievement.share * random.uniform(0.6, 1.4))
    for achievement, time in zip(won, _times(len(won), person, moment, random), strict=True):
        if achievement.opens_at is None or time >= achievement.opens_at:
            yield PastUnlock(person.id, achievement, time)


@cache
def bar(share: float) -> float:
    """Return the ability that this share of players exceeds."""
    return NormalDist().inv_cdf(1 - share)


def _times(count: int, person: Person, moment: datetime, random: Random) -> list[datetime]:
    """Return `count` times in order: evenings in one range of days, all before `moment`."""
    days = min(DAYS - 1.0, count * random.lognormvariate(0.2, 0.7))
    # One career in nine goes on: enough to keep the last days as active as those before.
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
    """Return a time on that day, at a plausible local hour for the person."""
    hour = random.choices(range(24), cum_weights=HOURS)[0]
    local = day.replace(hour=hour, minute=random.randrange(60), second=random.randrange(60))
    return local - timedelta(hours=person.utc_hours)
