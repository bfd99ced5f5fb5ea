"""Woodcut: an inked block on cream paper, the motif left standing between the marks of the gouge."""

from math import cos, pi, sin

from apps.demo.ink import SeededRandom, fill, ground, mix, pieces, placed, silhouette, stroke, tone, traced

PAPER = "#f2e8d2"


def inked(accent: str) -> str:
    return mix("#1b1815", tone(accent, light=0.14), 0.35)


def rough_edge(
    rng: SeededRandom, left: float, top: float, right: float, bottom: float, step: float, wear: float
) -> str:
    """A rectangle as a worn block prints it."""

    def worn(value: float) -> float:
        return value + rng.between(-wear, wear)

    across = int((right - left) / step)
    down = int((bottom - top) / step)
    points = [(left + n * step, worn(top)) for n in range(across)]
    points += [(worn(right), top + n * step) for n in range(down)]
    points += [(right - n * step, worn(bottom)) for n in range(across)]
    points += [(worn(left), bottom - n * step) for n in range(down)]
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points) + "z"


def gouge(x: float, y: float, angle: float, length: float, width: float) -> str:
    """One mark of the tool: thin where it enters, wide in the middle, thin where it leaves."""
    dx, dy = cos(angle) * length, sin(angle) * length
    nx, ny = -sin(angle) * width, cos(angle) * width
    middle_x, middle_y = x + dx * 0.6, y + dy * 0.6
    return (
        f"M{x:.1f} {y:.1f}Q{middle_x + nx:.1f} {middle_y + ny:.1f} {x + dx:.1f} {y + dy:.1f}"
        f"Q{middle_x - nx:.1f} {middle_y - ny:.1f} {x:.1f} {y:.1f}z"
    )


def background(rng: SeededRandom) -> str:
    """Marks round the motif: rays, rain, level water or a whirl."""
    kind = rng.below(4)
    marks: list[str] = []
    if kind == 0:
        for n in range(40):
            angle = 2 * pi * n / 40
            near = rng.between(25, 29)
            marks.append(gouge(48 + near * cos(angle), 48 + near * sin(angle), angle, rng.between(12, 30), 1.3))
    elif kind == 3:
        for n in range(70):
            angle, far = rng.between(0, 2 * pi), 24 + n * 0.45
            marks.append(gouge(48 + far * cos(angle), 48 + far * sin(angle), angle + pi / 2, rng.between(8, 14), 1.2))
    else:
        lean = 0.0 if kind == 1 else rng.pick((-0.8, 0.8))
        for n in range(22):
            for start in (6, 34, 62):
                y = -20 + n * (4.6 if kind == 1 else 6.5)
                marks.append(gouge(start + rng.between(-4, 8), y, lean, rng.between(16, 30), 1.2))
    return f'<path d="{"".join(marks)}"/>'


def shading(rng: SeededRandom) -> str:
    """Hatching that comes in from the right and fades out over the middle, for a 48 x 48 motif."""
    wedges: list[str] = []
    for n in range(-4, 20):
        y = 2.5 * n
        tip = rng.between(23, 29)
        wedges.append(f"M50 {y:g}L{tip:.1f} {y + (50 - tip) * 0.45:.1f}L50 {y + 1.35:g}z")
    return f'<path d="{"".join(wedges)}"/>'


def hatched(motif: str, ink: str, share: float) -> str:
    """The hatching inside the motif's bodies."""
    clip = "".join(f'<path d="{path}"/>' for role, path in pieces(motif) if role == "body")
    return f'<clipPath id="m">{clip}</clipPath><g clip-path="url(#m)" fill="{ink}" fill-opacity="{share}">{shading(SeededRandom(7))}</g>'


def figure(motif: str, ink: str, paper: str, second: str) -> str:
    """The motif in paper colour, hatched on its shadow side, with a halo of ink; what is cut out shows the second block."""
    paints = {
        "body": fill(paper),
        "cut": fill(second, f'stroke="{ink}" stroke-width="0.9"'),
        "line": stroke(paper, 2.4, 'stroke-linecap="round"'),
        "nick": stroke(ink, 1.3),
    }
    parts = [(role, f'<path d="{path}" {paints[role]}/>') for role, path in pieces(motif)]
    first_cut = next((n for n, (role, _) in enumerate(parts) if role == "cut"), len(parts))
    back = "".join(part for role, part in parts if role in {"body", "line"})
    over = "".join(part for n, (role, part) in enumerate(parts) if n >= first_cut or role == "nick")
    return silhouette(motif, ink, 2.3) + back + hatched(motif, ink, 1) + over


def icon(motif: str, accent: str, seed: int) -> str:
    rng = SeededRandom(seed, 3)
    ink, second = inked(accent), mix(tone(accent, light=0.52), PAPER, 0.12)
    block, carved = rough_edge(rng, 6, 6, 90, 90, 4, 0.7), rough_edge(rng, 9, 9, 87, 87, 6, 0.5)
    marks = f'<g fill="{mix(PAPER, ink, 0.06)}">{background(rng)}</g>'
    border = f'<path d="{block}{carved}" fill-rule="evenodd" {fill(ink)}/>'
    margin = f'<path d="M0 0H96V96H0z{block}" fill-rule="evenodd" {fill(PAPER)}/>'
    x, y = rng.between(40, 56), rng.between(38, 50)
    sun = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="27" {fill(second)}/>'
    ring = f'<circle cx="{x - 0.8:.1f}" cy="{y + 0.6:.1f}" r="28.6" {stroke(ink, 2.4)}/>'
    drawing = placed(figure(motif, ink, PAPER, second), 48, 48, 1.2)
    return ground(96, 96, fill(ink)) + marks + border + margin + sun + ring + drawing


def locked(motif: str, grey: str) -> str:
    return placed(hatched(motif, grey, 0.6), 48, 48, 1.3) + traced(motif, grey, 1.8, 48, 1.3)
