"""The players of the showcase: names from many places, and where and when they play."""

from dataclasses import dataclass
from random import Random
from uuid import UUID

from apps.core.ids import new_id

# Where people play from, how many of them, and the zones they live in.
REGIONS: dict[str, tuple[int, tuple[str, ...]]] = {
    "EU": (34, ("Europe/Berlin", "Europe/Paris", "Europe/Warsaw", "Europe/Madrid", "Europe/London", "Europe/Helsinki")),
    "NA": (
        27,
        ("America/New_York", "America/Chicago", "America/Los_Angeles", "America/Toronto", "America/Mexico_City"),
    ),
    "AS": (20, ("Asia/Tokyo", "Asia/Seoul", "Asia/Kolkata", "Asia/Jakarta", "Asia/Manila", "Asia/Bangkok")),
    "SA": (10, ("America/Sao_Paulo", "America/Bogota", "America/Argentina/Buenos_Aires", "America/Lima")),
    "OC": (5, ("Australia/Sydney", "Pacific/Auckland", "Australia/Perth")),
    "AF": (4, ("Africa/Lagos", "Africa/Nairobi", "Africa/Cairo", "Africa/Johannesburg")),
}
FIRST_NAMES = {
    "EU": """
        Anouk Bram Clara Dorian Elif Freja Gustav Henrike Ilse Jonas Katja Lucien Marta Nils Ola Petra Quentin
        Rosa Søren Tereza Ulla Viktor Wanda Yann Zofia Aoife Bastien Chiara Dmitri Eero Fenna Giulia Hugo Ines
        Joris Kaja
    """,
    "NA": """
        Abby Beau Casey Dana Eli Frankie Grant Hollis Imani Jules Kendall Logan Marisol Nico Owen Parker Quinn
        Reese Skyler Tatum Uma Vince Wes Xochitl Yasmin Zeke Ashlyn Brody Camila Darnell Emery Fern Gage Harper
        Isla Jett
    """,
    "AS": """
        Aiko Bayu Chen Dewi Eun-ji Farhan Gita Haruto Indah Jin Kavya Lan Minh Nari Omar Priya Qiang Rin Sora
        Tariq Usha Van Wei Xin Yuki Zara Arjun Bao Chihiro Duc Eka Feng Hana Ishaan Jia Kenji
    """,
    "SA": """
        Ana Bruno Catalina Diego Elisa Facundo Gabriela Hernán Isidora Joaquín Karina Lautaro Mateo Natalia
        Olivia Pablo Renata Santiago Thiago Úrsula Valentina Ximena Yago Zoe Agustín Beatriz Caio Dandara Emilio
        Flor
    """,
    "OC": """
        Aroha Blake Cody Darcy Ella Finn Georgia Hemi Indie Jarrah Kiri Lachie Mia Ngaire Oscar Piper Riley
        Sienna Tane Willa
    """,
    "AF": """
        Abena Babajide Chidi Dalila Efua Fatima Gugu Hassan Ife Jabari Kwame Lerato Mariam Naledi Obi Palesa
        Rania Sipho Thandi Uche Wangari Yusuf Zainab Amara
    """,
}
FIRST_WORDS = """
amber ashen blue brisk calm cedar cobalt copper crisp dapper dusky early east ember faint fern flint foggy fox
frost gentle glass gold grey hazel hollow idle indigo iron ivory jade keen kelp late lemon lunar maple mellow
misty moss neon night north oak ochre odd olive opal pale paper pearl pine plum quick quiet rapid raven red
river rook rusty sable salt sand sharp silver sleepy slow smoke snow solar south spare steady stone storm
sunny swift tall tidal tin true umber velvet warm west wild willow winter wry
"""
SECOND_WORDS = """
anchor badger beacon birch bishop boot brook byte canyon cat cove crane dagger dawn delta dove drake echo elk
falcon fern finch fjord forge fox garnet ghost gull harbor hare harp hawk heron hound ibis jay kestrel kite
lantern lark ledger lynx magpie marlin marten mill moth newt nomad orbit otter owl pilot pixel plover prism
puffin quartz quill raft rambler ranger raven reed robin rover sailor scout shade signal skiff smith sparrow
spire sprout stag stork swan tern thistle tinker toad tower vale vole voyager walker warden wave weaver whale
wolf wren yarrow
"""


@dataclass(frozen=True, slots=True)
class Person:
    """A player to be; `zeal` scales how much they earn, 1 being the average."""

    id: UUID
    handle: str
    display_name: str
    region: str
    time_zone: str
    zeal: float
    avatar: int | None


def people(count: int, random: Random) -> list[Person]:
    """Return `count` players with distinct handles, the same for the same random source (ids apart)."""
    handles: set[str] = set()
    return [_person(random, handles) for _ in range(count)]


def _person(random: Random, handles: set[str]) -> Person:
    region = random.choices(list(REGIONS), [weight for weight, _ in REGIONS.values()])[0]
    given = random.choice(FIRST_NAMES[region].split())
    handle = _handle(random, given, handles)
    return Person(
        id=new_id(),
        handle=handle,
        display_name=given if random.random() < 0.55 else handle.replace("_", " ").replace("-", " ").title(),
        region=region,
        time_zone=random.choice(REGIONS[region][1]),
        zeal=random.lognormvariate(-0.2, 0.63),
        avatar=random.randrange(24) if random.random() < 0.3 else None,
    )


def _handle(random: Random, given: str, handles: set[str]) -> str:
    plain = "".join(letter for letter in given.lower() if letter.isascii() and letter.isalpha())
    first, second = random.choice(FIRST_WORDS.split()), random.choice(SECOND_WORDS.split())
    shapes = (
        f"{first}{second}",
        f"{first}_{second}",
        f"{plain}_{second}",
        f"{plain}{random.randrange(10, 100)}",
        second,
    )
    handle = random.choice(shapes)
    while handle in handles or len(handle) < 3:
        handle = f"{first}{second}{random.randrange(2, 1000)}"[:24]
    handles.add(handle)
    return handle
