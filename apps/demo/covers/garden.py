"""The papercut cover: a garden of paper hills with a house, trees and what grows in front."""

from apps.demo.covers.horizon import dealt
from apps.demo.ink import SeededRandom, fill, ground, mix, placed, tone
from apps.demo.styles.papercut import CREAM, WARM, cutting, hill, muted, sheet


def cloud(x: float, y: float, size: float) -> str:
    path = (
        f"M{x} {y}c{-30 * size:.0f} 0 {-34 * size:.0f} {-34 * size:.0f} {-4 * size:.0f} {-36 * size:.0f}"
        f"c{4 * size:.0f} {-34 * size:.0f} {52 * size:.0f} {-38 * size:.0f} {62 * size:.0f} {-10 * size:.0f}"
        f"c{26 * size:.0f} {-14 * size:.0f} {50 * size:.0f} {6 * size:.0f} {40 * size:.0f} {22 * size:.0f}"
        f"c{22 * size:.0f} {4 * size:.0f} {16 * size:.0f} {24 * size:.0f} {-4 * size:.0f} {24 * size:.0f}z"
    )
    return sheet(path, CREAM, 5, 5)


def poplar(x: float, y: float, tall: float, colour: str, trunk: str) -> str:
    wide = tall * 0.2
    stem = f"M{x - 4} {y}V{y - tall * 0.4:.0f}H{x + 4}V{y}z"
    crown = (
        f"M{x} {y - tall:.0f}C{x + wide * 1.3:.0f} {y - tall * 0.66:.0f} {x + wide:.0f} {y - tall * 0.2:.0f} {x} {y - tall * 0.18:.0f}"
        f"C{x - wide:.0f} {y - tall * 0.2:.0f} {x - wide * 1.3:.0f} {y - tall * 0.66:.0f} {x} {y - tall:.0f}z"
    )
    return sheet(stem, trunk, 2, 2) + sheet(crown, colour, 4, 4)


def cottage(x: float, y: float, roof: str, door: str) -> str:
    parts = (
        (f"M{x + 52} {y - 150}h22v64h-22z", mix(CREAM, roof, 0.35)),
        (f"M{x - 88} {y}V{y - 92}H{x + 92}V{y}z", CREAM),
        (f"M{x - 112} {y - 82}L{x - 66} {y - 160}H{x + 66}L{x + 116} {y - 82}z", roof),
        (f"M{x - 22} {y}v-52a20 20 0 0 1 40 0V{y}z", door),
        (f"M{x - 70} {y - 62}h30v30h-30zM{x + 42} {y - 62}h30v30h-30z", mix(door, CREAM, 0.55)),
    )
    return "".join(sheet(path, colour, 4, 4) for path, colour in parts)


def path_sheet(colour: str) -> str:
    return sheet(
        "M738 414C720 450 800 468 768 512 744 548 640 560 600 640H790C800 570 868 552 862 508 856 462 772 452 774 414z",
        colour,
        3,
        3,
    )


def grass(rng: SeededRandom, x: float, y: float, colour: str) -> str:
    blades = ""
    for n in range(5):
        lean, tall = (n - 2) * 12 + rng.between(-5, 5), rng.between(38, 66)
        foot = x + (n - 2) * 8
        blades += f"M{foot - 5:.0f} {y:.0f}Q{foot - 2:.0f} {y - tall * 0.6:.0f} {foot + lean:.0f} {y - tall:.0f}Q{foot + 5:.0f} {y - tall * 0.5:.0f} {foot + 6:.0f} {y:.0f}z"
    return sheet(blades, colour, 3, 3)


def arch(colour: str) -> str:
    """The front sheet: a frame with an uneven opening."""
    return sheet(
        "M-20-20V650H1220V-20zM44 600C20 420 34 210 60 90 74 34 180 44 420 32 700 20 980 30 1110 40 1176 48 1160 160 1166 300 "
        "1172 440 1176 540 1158 596 1130 606 70 610 44 600z",
        colour,
        7,
        7,
    )


def wood(colour: str) -> str:
    return "".join(
        poplar(x, y, tall, tone(colour, light=light), "#7a5c44")
        for x, y, tall, light in (
            (150, 392, 170, 0.4),
            (214, 398, 220, 0.46),
            (282, 404, 150, 0.37),
            (950, 394, 200, 0.42),
            (1020, 392, 150, 0.5),
            (1086, 388, 228, 0.38),
        )
    )


def front(motifs: list[str], rng: SeededRandom, fold: str) -> str:
    """What grows and lives nearest: the game's own motifs where they belong in a garden."""
    own = [motif for motif in dealt(motifs, rng, 64) if motif in {"shell", "drop", "leaf"}]
    shown = ["flower", "mushroom", "flower", "leaf", *(own or ["shell"])[:1], "bee", "mushroom"]
    spots = (
        (150, 520, 3.4),
        (330, 552, 2.6),
        (1030, 512, 3.6),
        (914, 556, 2.5),
        (470, 562, 2.2),
        (640, 500, 1.7),
        (236, 574, 2.2),
    )
    return "".join(
        placed(cutting(motif, mix(CREAM, colour, 0.12), colour, fold), x, y, size)
        for motif, colour, (x, y, size) in zip(
            shown, (WARM[0], WARM[2], WARM[1], WARM[3], WARM[2], WARM[0], WARM[1]), spots, strict=False
        )
    )


def scene(accent: str, accent_dark: str, motifs: list[str], seed: int) -> str:
    rng = SeededRandom(seed, 14)
    sky = mix(muted(accent, 0.8, -0.06, 0.3), "#f3dfc0", 0.45)
    sheets = [
        muted(accent, light, turn)
        for light, turn in ((0.68, -0.03), (0.58, 0.02), (0.48, -0.02), (0.38, 0.02), (0.28, 0.0))
    ]
    roof, door = WARM[0], muted(accent, 0.4, 0.45, 0.25)
    sun = "".join(
        sheet(f"M{820 - r} 200a{r} {r} 0 1 1 {2 * r} 0a{r} {r} 0 1 1 {-2 * r} 0z", colour, 4, 5)
        for r, colour in ((188, mix(sky, CREAM, 0.35)), (140, mix(sky, CREAM, 0.65)), (94, mix(WARM[1], CREAM, 0.25)))
    )
    trees, plants = wood(sheets[2]), front(motifs, rng, sheets[3])
    tufts = "".join(grass(rng, x, 616, tone(sheets[3], light=0.3)) for x in (90, 204, 402, 560, 836, 980, 1090))
    return (
        ground(1200, 630, fill(sky))
        + sun
        + cloud(300, 170, 1.5)
        + cloud(1010, 130, 1.1)
        + cloud(520, 120, 0.8)
        + sheet(hill(rng, 1200, 630, 330, 60), sheets[0], -4, 8)
        + sheet(hill(rng, 1200, 630, 376, 40), sheets[1], -4, 8)
        + trees
        + sheet(hill(rng, 1200, 630, 412, 24), sheets[2], -4, 8)
        + path_sheet(mix(CREAM, WARM[1], 0.25))
        + cottage(740, 424, roof, door)
        + sheet(hill(rng, 1200, 630, 530, 44), sheets[3], -4, 8)
        + plants
        + tufts
        + arch(mix(sheets[4], "#20261c", 0.25))
    )
