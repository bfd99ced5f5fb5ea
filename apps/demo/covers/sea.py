"""The woodcut cover: a lighthouse over a carved sea."""

from math import atan2, cos, hypot, pi, sin

from apps.demo.ink import SeededRandom, fill, ground, mix, placed, stroke, tone
from apps.demo.styles.woodcut import PAPER, figure, gouge, inked, rough_edge

LAMP = (842.0, 150.0)


def sky(rng: SeededRandom) -> str:
    """Gouge marks that run out from the lamp, left standing between the beams."""
    marks: list[str] = []
    for n in range(120):
        angle = 2 * pi * n / 120 + rng.between(-0.01, 0.01)
        reach = 150 + rng.between(0, 40)
        if abs(angle - 3.069) < 0.13 or abs(angle - 6.135) < 0.13:
            continue
        while reach < 1000:
            length = rng.between(60, 130)
            x, y = LAMP[0] + reach * cos(angle), LAMP[1] + reach * sin(angle)
            if 40 < x < 1160 and 36 < y < 420:
                marks.append(gouge(x, y, angle, length, 2.2 + reach / 320))
            reach += length + rng.between(20, 90)
    return f'<path d="{"".join(marks)}" fill="{PAPER}" fill-opacity="0.9"/>'


def beam(x: float, y: float, near: float, far: float) -> tuple[str, str]:
    """A wedge of light from the lamp to an upright at x, hatched towards its end."""
    edge = f"M{LAMP[0]} {LAMP[1]}L{x:g} {y - far:g}V{y + far:g}z"
    bands: list[str] = []
    for n in range(1, 8):
        height = y - far + 2 * far * n / 8
        angle = atan2(LAMP[1] - height, LAMP[0] - x)
        length = hypot(LAMP[0] - x, LAMP[1] - height) * near
        bands.append(gouge(x, height, angle, length * (0.5 + 0.4 * (n % 2)), 2.0))
    return edge, "".join(bands)


def crescent(start: tuple[float, float], bend: tuple[float, float], end: tuple[float, float], width: float) -> str:
    """A curved mark, widest in its middle."""
    return (
        f"M{start[0]:.1f} {start[1]:.1f}Q{bend[0]:.1f} {bend[1]:.1f} {end[0]:.1f} {end[1]:.1f}"
        f"Q{bend[0] + width:.1f} {bend[1] + width:.1f} {start[0]:.1f} {start[1]:.1f}z"
    )


def swell(rng: SeededRandom, y: float, wide: float, tall: float) -> tuple[str, list[tuple[float, float]]]:
    """A row of breaking crests: its outline and where each crest stands."""
    x = -rng.between(0, wide)
    path, crests = f"M{x:.0f} 660V{y:.1f}", []
    while x < 1240:
        w, t = wide * rng.between(0.85, 1.15), tall * rng.between(0.8, 1.15)
        path += (
            f"C{x + w * 0.3:.1f} {y:.1f} {x + w * 0.42:.1f} {y - t:.1f} {x + w * 0.68:.1f} {y - t:.1f}"
            f"C{x + w * 0.88:.1f} {y - t:.1f} {x + w * 0.95:.1f} {y - t * 0.55:.1f} {x + w * 0.86:.1f} {y - t * 0.4:.1f}"
            f"C{x + w * 0.8:.1f} {y - t * 0.62:.1f} {x + w * 0.68:.1f} {y - t * 0.55:.1f} {x + w * 0.68:.1f} {y - t * 0.36:.1f}"
            f"C{x + w * 0.7:.1f} {y - t * 0.1:.1f} {x + w * 0.86:.1f} {y:.1f} {x + w:.1f} {y:.1f}"
        )
        crests.append((x + w * 0.5, t))
        x += w
    return path + "V660z", crests


def water(rng: SeededRandom, y: float, wide: float, tall: float, body: str, carve: str) -> str:
    path, crests = swell(rng, y, wide, tall)
    marks: list[str] = []
    for x, t in crests:
        for n in range(6):
            start, end = (
                (x - wide * (0.46 - 0.05 * n), y + t * (0.24 + 0.14 * n)),
                (x + wide * (0.14 - 0.03 * n), y - t * (0.84 - 0.2 * n)),
            )
            bend = x - wide * 0.16, y + t * (0.12 + 0.1 * n)
            marks.append(crescent(start, bend, end, 2 + tall / 13))
        marks += [
            gouge(x - wide * 0.5 + rng.between(0, wide), y + t * rng.between(0.3, 1.3), 0.06, wide * 0.3, 2.2)
            for _ in range(6)
        ]
    return (
        f'<path d="{path}" {fill(body)} stroke="{PAPER}" stroke-width="{2 + tall / 40:g}" stroke-linejoin="round"/>'
        f'<path d="{"".join(marks)}" {fill(carve)}/>'
    )


def lighthouse(ink: str, second: str) -> str:
    tower = "M806 206H878L898 470H786z"
    bands = "M803 250H881L886 306H798zM794 362H890L894 418H790z"
    shade = "".join(f"M900 {y}L{858 + (y * 7) % 17} {y + 9}L900 {y + 5.5:g}z" for y in range(206, 470, 10))
    rock = "M640 520L690 470 730 480 770 440 830 452 900 430 960 470 1010 462 1090 530 1120 640H600z"
    cracks = "".join(
        gouge(x, y, 1.1, 70, 4)
        for x, y in ((700, 486), (742, 490), (790, 470), (850, 474), (930, 476), (985, 484), (1030, 506))
    )
    return (
        f'<path d="{rock}" {fill(ink)} stroke="{PAPER}" stroke-width="5" stroke-linejoin="round"/><path d="{cracks}" {fill(PAPER)}/>'
        f'<clipPath id="t"><path d="{tower}"/></clipPath><path d="{tower}" {fill(PAPER)} stroke="{ink}" stroke-width="7"/>'
        f'<g clip-path="url(#t)"><path d="{bands}" {fill(second)}/><path d="{shade}" {fill(ink)}/></g>'
        f'<path d="M834 470v-34a10 10 0 0 1 20 0v34zM836 330v-16a6 6 0 0 1 12 0v16z" {fill(ink)}/>'
        f'<path d="M790 188H894V208H790zM800 108L842 70 884 108z" {fill(ink)} stroke="{PAPER}" stroke-width="4"/>'
        f'<rect x="812" y="110" width="60" height="76" {fill(PAPER)} stroke="{ink}" stroke-width="6"/>'
        f'<circle cx="842" cy="150" r="19" {fill(second)} stroke="{ink}" stroke-width="4"/>'
        f'<path d="M827 110v76M857 110v76" {stroke(ink, 3)}/><circle cx="842" cy="62" r="9" {fill(ink)} stroke="{PAPER}" stroke-width="3"/>'
    )


def scene(accent: str, accent_dark: str, motifs: list[str], seed: int) -> str:
    rng = SeededRandom(seed, 11)
    ink, second = inked(accent), mix(tone(accent, light=0.52), PAPER, 0.1)
    deep = mix(ink, tone(accent, light=0.3), 0.35)
    sun = f'<circle cx="842" cy="190" r="150" {fill(second)}/><circle cx="839" cy="192" r="154" {stroke(ink, 7)}/>'
    left, left_bands = beam(20, 210, 0.5, 74)
    right, right_bands = beam(1190, 98, 0.5, 34)
    light = f'<path d="{left}{right}" {fill(PAPER)}/><path d="{left_bands}{right_bands}" {fill(ink)}/>'
    isle = "M70 420C120 380 150 388 190 362 230 350 250 390 300 398 330 404 350 414 370 424z"
    far = f'<path d="{isle}" {fill(ink)} stroke="{PAPER}" stroke-width="3"/>'
    boat = placed(figure("boat", ink, PAPER, second), 330, 426, 3.3, -5)
    birds = "".join(
        f'<path d="M{x} {y}q14-16 26 0q14-16 28-2q-14-6-28 8q-12-14-26-6z" {fill(PAPER)} stroke="{ink}" stroke-width="3"/>'
        for x, y in ((520, 330), (600, 296), (470, 366))
    )
    frame = rough_edge(rng, 24, 24, 1176, 606, 16, 2.2)
    inside = (
        ground(1200, 630, fill(ink))
        + sky(rng)
        + light
        + sun
        + far
        + water(rng, 432, 130, 26, ink, PAPER)
        + lighthouse(ink, second)
        + birds
        + water(rng, 512, 190, 48, deep, PAPER)
        + boat
        + water(rng, 572, 270, 78, second, ink)
        + water(rng, 648, 330, 84, ink, PAPER)
    )
    return (
        ground(1200, 630, fill(PAPER))
        + f'<clipPath id="w"><path d="{frame}"/></clipPath><g clip-path="url(#w)">{inside}</g>'
    )
