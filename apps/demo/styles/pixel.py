"""Pixel: the motif sampled to a grid of 24 x 24 squares, lit from the upper left, in front of space."""

from collections.abc import Callable
from functools import lru_cache
from io import BytesIO

from PIL import Image

from apps.demo.ink import SeededRandom, fill, ground, mix, painted, stroke, svg, to_png, tone

# An odd side has a middle column, where most motifs have an axis.
GRID, SIDE, MARGIN = 24, 21, 1
Cells = dict[tuple[int, int], str]


@lru_cache(maxsize=256)
def sampled(motif: str, side: int) -> tuple[str, ...]:
    """Rows of letters: `b` body, `s` a seam between two bodies, `c` what is cut from a body, a dot for nothing."""
    lines = {"line": stroke("#ff0000", 2.8), "nick": stroke("#00ff00", 2.2)}
    flat = pixels(painted(motif, body=fill("#ff0000"), cut=fill("#00ff00"), **lines), side)
    edged = pixels(
        painted(motif, body=fill("#ff0000", 'stroke="#0000ff" stroke-width="1.5"'), cut=fill("#00ff00"), **lines), side
    )
    letters = [
        "." if alpha < 120 else "c" if green > red else "s" if blue > 95 else "b"
        for (red, green, _, alpha), (_, _, blue, _) in zip(flat, edged, strict=True)
    ]
    return tuple("".join(letters[y * side : (y + 1) * side]) for y in range(side))


def pixels(drawing: str, side: int) -> list[tuple[int, int, int, int]]:
    raw = Image.open(BytesIO(to_png(svg(48, 48, drawing), side))).convert("RGBA").tobytes()
    return list(zip(raw[0::4], raw[1::4], raw[2::4], raw[3::4], strict=True))


def lettered(rows: tuple[str, ...]) -> Callable[[int, int], str]:
    """The letter at a place, with nothing beyond the edges."""
    side = len(rows)
    return lambda x, y: rows[y][x] if 0 <= x < side and 0 <= y < side else "."


def lit(here: str, before: str, after: str) -> str:
    """How a cell is lit, by what lies above and left of it (before) and below and right of it (after)."""
    if here == ".":
        return "outline" if set(before + after) != {"."} else ""
    if here == "c":
        return "detail"
    if "." in before:
        return "light"
    return "shade" if "." in after or here == "s" else "middle"


def sprite(motif: str, accent: str, detail: str, left: int, top: int, side: int) -> Cells:
    """Cells of a motif in three tones, with the dark outline that old consoles gave their heroes."""
    middle = tone(accent, light=0.56)
    paint = {
        "outline": mix(tone(accent, light=0.12), "#05060f", 0.4),
        "detail": detail,
        "light": tone(accent, light=0.83),
        "shade": mix(tone(accent, light=0.3), middle, 0.45),
        "middle": middle,
    }
    letter = lettered(sampled(motif, side))
    cells: Cells = {}
    for y in range(-1, side + 1):
        for x in range(-1, side + 1):
            way = lit(letter(x, y), letter(x - 1, y) + letter(x, y - 1), letter(x + 1, y) + letter(x, y + 1))
            if way:
                cells[left + x, top + y] = paint[way]
    return cells


def squares(cells: Cells, size: float) -> str:
    """Rectangles for the cells, a run of one colour at a time."""
    parts: list[str] = []
    row = sorted(cells.items(), key=lambda cell: (cell[0][1], cell[0][0]))
    start = 0
    for at in range(1, len(row) + 1):
        (x, y), colour = row[start]
        if at < len(row) and row[at] == ((x + at - start, y), colour):
            continue
        parts.append(
            f'<rect x="{x * size:g}" y="{y * size:g}" width="{(at - start) * size:g}" height="{size:g}" fill="{colour}"/>'
        )
        start = at
    return f'<g shape-rendering="crispEdges">{"".join(parts)}</g>'


def space(accent: str, rng: SeededRandom) -> Cells:
    """A dithered glow from one side, and stars."""
    far = mix(tone(accent, light=0.16, rich=0.45), "#12142b", 0.6)
    near = mix(tone(accent, light=0.28, rich=0.5), "#1b1f45", 0.45)
    lean, turn = rng.pick((-0.5, 0.0, 0.5)), rng.between(13, 17)
    cells: Cells = {}
    for y in range(GRID):
        for x in range(GRID):
            depth = y + lean * (x - GRID / 2) - turn
            dotted = (depth > 0 and (x + y) % 2 == 0) or (depth > -3 and x % 2 == 0 and y % 2 == 0)
            cells[x, y] = near if depth > 3 or dotted else far
    for _ in range(9):
        cells[1 + rng.below(GRID - 2), 1 + rng.below(13)] = rng.pick(("#f4f1e4", tone(accent, light=0.7), "#8e93b8"))
    return cells


def icon(motif: str, accent: str, seed: int) -> str:
    rng = SeededRandom(seed, 2)
    detail = rng.pick((tone(accent, light=0.28), tone(accent, light=0.72, rich=0.85, turn=0.47)))
    cells = space(accent, rng) | sprite(motif, accent, detail, MARGIN, MARGIN, SIDE)
    inside = {at: colour for at, colour in cells.items() if 0 <= at[0] < GRID and 0 <= at[1] < GRID}
    return ground(96, 96, fill("#12142b")) + squares(inside, 96 / GRID)


def locked(motif: str, grey: str) -> str:
    rows = sampled(motif, SIDE)
    letter = lettered(rows)
    edge: Cells = {}
    faint: Cells = {}
    for y, row in enumerate(rows):
        for x, here in enumerate(row):
            around = [letter(i, j) for i, j in ((x - 1, y), (x + 1, y), (x, y - 1), (x, y + 1))]
            if here != "." and "." in around:
                edge[x + MARGIN, y + MARGIN] = grey
            elif here == "c":
                faint[x + MARGIN, y + MARGIN] = grey
    return squares(edge, 96 / GRID) + f'<g fill-opacity="0.45">{squares(faint, 96 / GRID)}</g>'
