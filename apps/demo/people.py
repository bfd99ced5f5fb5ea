"""The demo's players: names, homes and skill."""

import unicodedata
from dataclasses import dataclass
from random import Random
from uuid import UUID

from apps.core.ids import new_id
from apps.demo.names import FIRST_WORDS, PLACES, SECOND_WORDS, Homeland
from apps.players.handles import shape_of

HANDLE_LENGTHS = range(3, 25)
DISPLAY_NAME_MAX = 40
AVATARS = 24
FIRSTS, SECONDS = FIRST_WORDS.split(), SECOND_WORDS.split()
# Letters without a decomposition into a plain one and a mark.
PLAIN = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ß": "ss"})


@dataclass(frozen=True, slots=True)
class Person:
    """A future player; `skill` is normally distributed: 0 is average, 1 one standard deviation better."""

    id: UUID
    handle: str
    display_name: str
    region: str
    time_zone: str
    utc_hours: float
    skill: float
    avatar: int | None


def people(count: int, random: Random) -> list[Person]:
    """Return `count` players with distinct handles, the same for the same random source (ids apart)."""
    shapes: set[str] = set()
    places = random.choices(PLACES, [place.weight for place in PLACES], k=count)
    return [_person(place, random, shapes) for place in places]


def _person(place: Homeland, random: Random, shapes: set[str]) -> Person:
    given, family = random.choice(place.given.split()), random.choice(place.family.split())
    handle, phrase = _handle(given, family, random, shapes)
    return Person(
        id=new_id(),
        handle=handle,
        display_name=_display_name(given, family, handle, phrase, random),
        region=place.region,
        time_zone=place.time_zone,
        utc_hours=place.utc_hours,
        skill=random.gauss(0, 1),
        avatar=random.randrange(AVATARS) if random.random() < 0.3 else None,
    )


def _handle(given: str, family: str, random: Random, shapes: set[str]) -> tuple[str, str]:
    """Return an unused handle, and its words as a phrase; a number is added only when the words run out."""
    for attempt in range(50):
        handle, phrase = _handle_like(given, family, random)
        if attempt >= 6:
            handle += str(random.randrange(2, 10_000))
        if len(handle) in HANDLE_LENGTHS and (shape := shape_of(handle)) not in shapes:
            shapes.add(shape)
            return handle, phrase
    raise AssertionError("More players than handles can be made for.")


def _handle_like(given: str, family: str, random: Random) -> tuple[str, str]:
    first, second = random.choice(FIRSTS), random.choice(SECONDS)
    one, other = plain(given), plain(family)
    year = f"{random.randrange(78, 112) % 100:02}"
    return random.choice(
        (
            (f"{first}{second}", f"{first} {second}"),
            (f"{first}_{second}", f"{first} {second}"),
            (f"{first}-{second}", f"{first} {second}"),
            (f"{one}_{second}", f"{given} {second}"),
            (f"{first}{one}", f"{first} {given}"),
            (f"{one}{other}", f"{given} {family}"),
            (f"{one[0]}{other}", f"{given} {family}"),
            (f"{one}{year}", given),
            (second, second),
        )
    )


def _display_name(given: str, family: str, handle: str, phrase: str, random: Random) -> str:
    shapes = (given, f"{given} {family}", f"{given} {family[0]}.", _titled(phrase), handle)
    return random.choices(shapes, (32, 24, 12, 24, 8))[0][:DISPLAY_NAME_MAX]


def _titled(phrase: str) -> str:
    return " ".join(word[0].upper() + word[1:] for word in phrase.split())


def plain(name: str) -> str:
    """Return a name in the letters allowed in handles."""
    apart = unicodedata.normalize("NFKD", name.lower().translate(PLAIN))
    return "".join(letter for letter in apart if letter.isascii() and letter.isalpha())
