"""Pixel: the motif sampled to a grid of 24 x 24 squares, lit from the upper left, in front of space."""

from functools import lru_cache
from io import BytesIO

from PIL import Image

from apps.web.showcase.ink import Dice, fill, ground, mix, painted, stroke, svg, to_png, tone

GRID, SIDE, MARGIN = 24, 20, 2
Cells = dict[tuple[int, int], str]


@lru_cache(maxsize=256)
def sampled(motif: str, side: int) -> tuple[str, ...]:
    """Rows of letters: `b` where the body is, `c` where something is cut from it, a dot where neither is."""
    drawing = painted(
        motif,
        body=fill("#ff0000"),
        cut=fill("#00ff00"),
        line=stroke("#ff0000", 2.8),
        nick=stroke("#00ff00", 1.9),
    )
    picture = Image.open(BytesIO(to_png(svg(48, 48, drawing), side))).convert("RGBA")
    raw = picture.tobytes()
    letters = [
        "." if alpha < 120 else "c" if green > red else "b"
        for red, green, alpha in zip(raw[0::4], raw[1::4], raw[3::4], strict=True)
    ]
    return tuple("".join(letters[y * side : (y + 1) * side]) for y in range(side))


def sprite(motif: str, accent: str, detail: str, left: int, top: int, side: int) -> Cells:
    """Cells of a motif in three tones, with the dark outline that old consoles gave their heroes."""
    dark, middle, light = tone(accent, light=0.3), tone(accent, light=0.56), tone(accent, light=0.83)
    shadow = mix(tone(accent, light=0.12), "#05060f", 0.4)
    rows = sampled(motif, side)

    def letter(x: int, y: int) -> str:
        return rows[y][x] if 0 <= x < side and 0 <= y < side else "."

    cells: Cells = {}
    for y in range(-1, side + 1):
        for x in range(-1, side + 1):
            here = letter(x, y)
            if here == ".":
                if any(letter(x + dx, y + dy) != "." for dx, dy in ((0, 1), (1, 0), (0, -1), (-1, 0))):
                    cells[left + x, top + y] = shadow
            elif here == "c":
                cells[left + x, top + y] = detail
            elif letter(x - 1, y) == "." or letter(x, y - 1) == ".":
                cells[left + x, top + y] = light
            elif letter(x + 1, y) == "." or letter(x, y + 1) == ".":
                cells[left + x, top + y] = mix(dark, middle, 0.45)
            else:
                cells[left + x, top + y] = middle
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


def space(accent: str, dice: Dice) -> Cells:
    """A dithered glow from one side, and stars."""
    far = mix(tone(accent, light=0.16, rich=0.45), "#12142b", 0.6)
    near = mix(tone(accent, light=0.28, rich=0.5), "#1b1f45", 0.45)
    lean, turn = dice.pick((-0.5, 0.0, 0.5)), dice.between(13, 17)
    cells: Cells = {}
    for y in range(GRID):
        for x in range(GRID):
            depth = y + lean * (x - GRID / 2) - turn
            dotted = (depth > 0 and (x + y) % 2 == 0) or (depth > -3 and x % 2 == 0 and y % 2 == 0)
            cells[x, y] = near if depth > 3 or dotted else far
    for _ in range(9):
        cells[1 + dice.below(GRID - 2), 1 + dice.below(13)] = dice.pick(("#f4f1e4", tone(accent, light=0.7), "#8e93b8"))
    return cells


def icon(motif: str, accent: str, seed: int) -> str:
    dice = Dice(seed, 2)
    detail = dice.pick((tone(accent, light=0.28), tone(accent, light=0.72, rich=0.85, turn=0.47)))
    cells = space(accent, dice) | sprite(motif, accent, detail, MARGIN, MARGIN, SIDE)
    inside = {at: colour for at, colour in cells.items() if 0 <= at[0] < GRID and 0 <= at[1] < GRID}
    return ground(96, 96, fill("#12142b")) + squares(inside, 96 / GRID)


def locked(motif: str, grey: str) -> str:
    rows = sampled(motif, SIDE)
    edge: Cells = {}
    faint: Cells = {}
    for y, row in enumerate(rows):
        for x, here in enumerate(row):
            around = [
                rows[j][i] if 0 <= i < SIDE and 0 <= j < SIDE else "."
                for i, j in ((x - 1, y), (x + 1, y), (x, y - 1), (x, y + 1))
            ]
            if here != "." and "." in around:
                edge[x + MARGIN, y + MARGIN] = grey
            elif here == "c":
                faint[x + MARGIN, y + MARGIN] = grey
    return squares(edge, 96 / GRID) + f'<g opacity="0.45">{squares(faint, 96 / GRID)}</g>'
