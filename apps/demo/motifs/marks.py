"""A compact notation for motifs: one string a shape, its first letter saying what the shape is.

`+` is body, `-` is cut out of the body, `~` is an open line of the body's colour, `'` is a line cut into the body.
After it comes path data in a 48 x 48 box, or `o x y r` for a disc, or `r x y outer inner` for a ring.
"""

from math import cos, pi, sin

ROLES = {"+": "body", "-": "cut", "~": "line", "'": "nick"}


def arc_circle(x: float, y: float, r: float, sweep: int) -> str:
    return f"M{x - r:g} {y:g}a{r:g} {r:g} 0 1 {sweep} {2 * r:g} 0a{r:g} {r:g} 0 1 {sweep} {-2 * r:g} 0z"


def shape(notation: str) -> str:
    role, rest = ROLES[notation[0]], notation[1:]
    if rest[0] == "o":
        x, y, r = (float(n) for n in rest[1:].split())
        rest = arc_circle(x, y, r, 1)
    elif rest[0] == "r":
        x, y, outer, inner = (float(n) for n in rest[1:].split())
        rest = arc_circle(x, y, outer, 1) + arc_circle(x, y, inner, 0)
    return f'<path class="{role}" d="{rest}"/>'


def drawn(shapes: dict[str, tuple[str, ...]]) -> dict[str, str]:
    return {name: "".join(shape(notation) for notation in parts) for name, parts in shapes.items()}


def around(x: float, y: float, spokes: list[tuple[float, float]], turns: int) -> str:
    """A closed path through polar points (radius, share of a turn), repeated `turns` times around a centre."""
    points = []
    for turn in range(turns):
        for radius, share in spokes:
            angle = 2 * pi * (turn + share) / turns - pi / 2
            points.append(f"{x + radius * cos(angle):.2f} {y + radius * sin(angle):.2f}")
    return "M" + "L".join(points) + "z"
