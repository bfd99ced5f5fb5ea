"""Woodcut: an inked block on cream paper, the motif left standing between the marks of the gouge."""

from math import cos, pi, sin

from apps.web.showcase.ink import Dice, fill, ground, mix, outlined, painted, placed, silhouette, stroke, through, tone
from apps.web.showcase.motifs import MOTIFS

PAPER = "#f2e8d2"


def inked(accent: str) -> str:
    return mix("#1b1815", tone(accent, light=0.14), 0.35)


def rough_edge(dice: Dice, left: float, top: float, right: float, bottom: float, step: float, wear: float) -> str:
    """A rectangle as a worn block prints it."""

    def worn(value: float) -> float:
        return value + dice.between(-wear, wear)

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


def background(dice: Dice) -> str:
    """Marks round the motif: rays, rain, level water or a whirl."""
    kind = dice.below(4)
    marks: list[str] = []
    if kind == 0:
        for n in range(40):
            angle = 2 * pi * n / 40
            near = dice.between(25, 29)
            marks.append(gouge(48 + near * cos(angle), 48 + near * sin(angle), angle, dice.between(12, 30), 1.3))
    elif kind == 3:
        for n in range(70):
            angle, far = dice.between(0, 2 * pi), 24 + n * 0.45
            marks.append(gouge(48 + far * cos(angle), 48 + far * sin(angle), angle + pi / 2, dice.between(8, 14), 1.2))
    else:
        lean = 0.0 if kind == 1 else dice.pick((-0.8, 0.8))
        for n in range(22):
            for start in (6, 34, 62):
                y = -20 + n * (4.6 if kind == 1 else 6.5)
                marks.append(gouge(start + dice.between(-4, 8), y, lean, dice.between(16, 30), 1.2))
    return f'<path d="{"".join(marks)}"/>'


def shading(dice: Dice) -> str:
    """Hatching that comes in from the right and fades out over the middle, for a 48 x 48 motif."""
    wedges: list[str] = []
    for n in range(-6, 26):
        y = 2.5 * n
        tip = dice.between(23, 29)
        wedges.append(f"M50 {y:g}L{tip:.1f} {y + (50 - tip) * 0.45:.1f}L50 {y + 1.35:g}z")
    return f'<path d="{"".join(wedges)}"/>'


def figure(motif: str, dice: Dice, ink: str, paper: str, accent: str) -> str:
    """The motif in paper colour, hatched on its shadow side, details in ink and a halo of ink around it."""
    plain = painted(
        motif, body=fill(paper), cut=fill(ink), line=stroke(paper, 2.4, 'stroke-linecap="round"'), nick=stroke(ink, 1.3)
    )
    clip = "".join(part + "/>" for part in MOTIFS[motif].split("/>") if 'class="body"' in part)
    hatch = f'<clipPath id="m">{clip}</clipPath><g clip-path="url(#m)" fill="{ink}">{shading(dice)}</g>'
    details = painted(
        motif,
        body='fill="none"',
        cut=fill(accent, f'stroke="{ink}" stroke-width="0.9"'),
        line='fill="none"',
        nick=stroke(ink, 1.3),
    )
    return silhouette(motif, ink, 2.3) + plain + hatch + details


def icon(motif: str, accent: str, seed: int) -> str:
    dice = Dice(seed, 3)
    ink, second = inked(accent), mix(tone(accent, light=0.52), PAPER, 0.12)
    block = f'<path d="{rough_edge(dice, 6, 6, 90, 90, 4, 0.7)}" {fill(ink)}/>'
    inside = f'<clipPath id="b"><path d="{rough_edge(dice, 9, 9, 87, 87, 6, 0.5)}"/></clipPath>'
    marks = f'<g clip-path="url(#b)" fill="{PAPER}" opacity="0.92">{background(dice)}</g>'
    x, y = dice.between(40, 56), dice.between(38, 50)
    sun = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="27" {fill(second)}/>'
    ring = f'<circle cx="{x - 0.8:.1f}" cy="{y + 0.6:.1f}" r="28.6" {stroke(ink, 2.4)}/>'
    drawing = placed(figure(motif, dice, ink, PAPER, second), 48, 48, 1.2)
    return ground(96, 96, fill(PAPER)) + block + inside + marks + sun + ring + drawing


def locked(motif: str, grey: str) -> str:
    dice = Dice(7)
    clip = "".join(part + "/>" for part in MOTIFS[motif].split("/>") if 'class="body"' in part)
    hatch = f'<clipPath id="m">{clip}</clipPath><g clip-path="url(#m)" fill="{grey}" opacity="0.6">{shading(dice)}</g>'
    return placed(hatch, 48, 48, 1.3) + through(placed(outlined(motif, 1.8), 48, 48, 1.3), grey)
