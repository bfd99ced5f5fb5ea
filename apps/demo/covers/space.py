"""The pixel cover: a ringed planet, a freighter and its cargo, on a grid of 160 x 84."""

from math import hypot

from apps.demo.covers.horizon import dealt
from apps.demo.ink import SeededRandom, fill, ground, mix, tone
from apps.demo.styles.pixel import Cells, sprite, squares

WIDE, TALL, SIZE = 160, 84, 7.5
BAYER = ((0, 8, 2, 10), (12, 4, 14, 6), (3, 11, 1, 9), (15, 7, 13, 5))
FREIGHTER = (
    "..............................#######...........",
    "..........................####ooooo##...........",
    "......................#####ooooooooo##..........",
    "....aaaaaa.aaaaaa.aaaaaa.##owwwwooooo###........",
    "....abbbba.abbbba.abbbba.##owwwwwoooooo###......",
    ".##.abccba.abccba.abccba.##oooooooooooooo###....",
    "###########################ooooooooooooooooo##..",
    "##ddddddddddddddddddddddd###dddddddddddddddddd#.",
    "###########################oooooooooooooooooo##.",
    ".##.abbbba.abbbba.abbbba.##ddddddddddddddd###...",
    "....abccba.abccba.abccba.##ooooooooooo####......",
    "....aaaaaa.aaaaaa.aaaaaa.##dddddddd####.........",
    "......................##########................",
    ".........................####...................",
)


def dither(x: int, y: int, depth: float, tones: list[str]) -> str:
    """The tone for a depth of 0 to 1, with ordered dots between one tone and the next."""
    level = max(0.0, min(0.999, depth)) * (len(tones) - 1)
    step = int(level)
    return tones[step + (1 if (level - step) * 16 > BAYER[y % 4][x % 4] + 0.5 else 0)]


def nebula(accent: str) -> Cells:
    tones = [
        mix("#0b0d20", tone(accent, light=light, rich=0.5, turn=0.08), share)
        for light, share in ((0.1, 0.2), (0.2, 0.45), (0.3, 0.55), (0.4, 0.6))
    ]
    cells: Cells = {}
    for y in range(TALL):
        for x in range(WIDE):
            band = (x * 0.42 + y - 74 + 7 * ((x % 41) / 41 - 0.5) * ((y % 17) / 17)) / 60
            cells[x, y] = dither(x, y, 0.75 - abs(band) * 1.15, tones)
    return cells


def stars(rng: SeededRandom, accent: str) -> Cells:
    cells: Cells = {}
    for _ in range(120):
        cells[rng.below(WIDE), rng.below(TALL)] = rng.pick(("#f4f1e4", "#8e93b8", "#5c6190", tone(accent, light=0.75)))
    for _ in range(7):
        x, y = 3 + rng.below(WIDE - 6), 3 + rng.below(TALL - 6)
        for dx, dy in ((0, 0), (1, 0), (-1, 0), (0, 1), (0, -1)):
            cells[x + dx, y + dy] = "#f4f1e4" if not (dx or dy) else "#8e93b8"
    return cells


def planet(x0: float, y0: float, r: float, tones: list[str], bands: bool) -> Cells:
    cells: Cells = {}
    for y in range(int(y0 - r), int(y0 + r) + 1):
        for x in range(int(x0 - r), int(x0 + r) + 1):
            dx, dy = (x + 0.5 - x0) / r, (y + 0.5 - y0) / r
            if hypot(dx, dy) > 1:
                continue
            light = 0.62 - 0.55 * (dx * 0.8 + dy * 0.75)
            if bands and int((dy + dx * 0.25 + 1) * 7) % 3 == 0:
                light -= 0.16
            cells[x, y] = dither(x, y, light, tones)
    return cells


def ring(x0: float, y0: float, r: float, tones: list[str], front: bool) -> Cells:
    """The near or the far half of a tilted ring with a gap in it."""
    cells: Cells = {}
    for y in range(TALL):
        for x in range(WIDE):
            dx, dy = x + 0.5 - x0, y + 0.5 - y0
            u, v = dx * 0.95 - dy * 0.3, (dx * 0.3 + dy * 0.95) * 4.2
            far = hypot(u, v) / r
            if 1.28 < far < 1.86 and not 1.56 < far < 1.63 and (v > 0) == front:
                cells[x, y] = dither(x, y, 0.9 - (far - 1.28) * 1.1, tones)
    return cells


def freighter(left: int, top: int, accent: str) -> Cells:
    warm = tone(accent, light=0.6, rich=0.85, turn=0.47)
    paint = {
        "#": "#2a2e4a",
        "o": "#c9cde0",
        "d": "#8087a8",
        "w": mix("#bdf3ff", warm, 0.1),
        "a": mix(warm, "#101020", 0.55),
        "b": warm,
        "c": mix(warm, "#ffffff", 0.45),
    }
    cells: Cells = {}
    for y, row in enumerate(FREIGHTER):
        for x, letter in enumerate(row):
            if letter != ".":
                cells[left + x, top + y] = paint[letter]
    for x in range(1, 26):
        for y in (6, 7, 8):
            if (x < 18 or x % 2 == y % 2) and not (y != 7 and x > 12):
                cells[left - x, top + y] = dither(
                    left - x, top + y, 1 - x / 26, ["#26306a", tone(accent, light=0.55), "#f4f1e4"]
                )
    return cells


def moonscape(accent: str, rng: SeededRandom) -> Cells:
    """Ground along the lower edge, lit at its rim, with a few craters."""
    tones = [mix("#07081a", tone(accent, light=0.22, rich=0.35), share) for share in (0.25, 0.6, 0.95)]
    cells: Cells = {}
    tops = [int(76 + 9 * ((x - 60) / 100) ** 2 + (rng.below(3) == 0)) for x in range(WIDE)]
    for x, top in enumerate(tops):
        for y in range(top, TALL):
            cells[x, y] = tone(accent, light=0.6) if y == top else dither(x, y, 1 - (y - top) / 9, tones)
    for x in (22, 52, 84, 104):
        for n in range(6):
            cells[x + n, tops[x] + 3] = tones[0]
    return cells


def scene(accent: str, accent_dark: str, motifs: list[str], seed: int) -> str:
    rng = SeededRandom(seed, 16)
    big = [mix("#0a0b1e", tone(accent, light=light, rich=0.6), 0.92) for light in (0.1, 0.24, 0.42, 0.58, 0.74, 0.88)]
    warm = [tone(accent, light=light, rich=0.7, turn=0.47) for light in (0.14, 0.34, 0.55, 0.74)]
    cells = nebula(accent) | stars(rng, accent)
    cells |= (
        ring(118, 34, 25, warm[1:], front=False)
        | planet(118, 34, 25, big, bands=True)
        | ring(118, 34, 25, warm[1:], front=True)
    )
    cells |= planet(34, 18, 9, warm, bands=False) | planet(150, 70, 5, big[1:], bands=False)
    cells |= moonscape(accent, rng)
    for motif, (x, y), turn in zip(dealt(motifs, rng, 3), ((7, 30), (60, 8), (94, 61)), (0.0, 0.0, 0.47), strict=False):
        colour = tone(accent, light=0.5, rich=0.75, turn=turn)
        cells |= sprite(motif, colour, tone(colour, light=0.25), x, y, 13)
    cells |= freighter(29, 46, accent)
    inside = {at: colour for at, colour in cells.items() if 0 <= at[0] < WIDE and 0 <= at[1] < TALL}
    return ground(1200, 630, fill("#0b0d20")) + squares(inside, SIZE)
