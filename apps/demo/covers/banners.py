"""The heraldic cover: four banners and a crowned shield before a keep, with embers in the air."""

from apps.demo.covers.horizon import dealt
from apps.demo.ink import SeededRandom, fill, ground, mix, placed, stroke, tone
from apps.demo.styles.heraldic import DIVISIONS, GOLD, OUTLINE, ROUND, SILVER, charge, rim

CHARGES = ["wolf", "horse", "tower", "sun", "flame", "bird", "key", "star"]


def keep(x: float, foot: float, colour: str, light: str) -> str:
    """A far castle: five towers, toothed, with a few lit windows."""
    path = f"M{x - 150:g} {foot:g}"
    left = x - 150
    for wide, tall, teeth in ((44, 66, 3), (70, 40, 4), (72, 118, 4), (70, 40, 4), (44, 66, 3)):
        step = wide / (2 * teeth - 1)
        for n in range(2 * teeth - 1):
            left += step
            path += f"V{foot - tall - (0 if n % 2 else 9):.1f}H{left:.1f}"
    panes = "".join(
        f"M{x + a:g} {foot - b:g}h5v12h-5z" for a, b in ((-16, 92), (10, 92), (-3, 66), (-130, 46), (124, 46))
    )
    return f'<path d="{path}V{foot:g}z" {fill(colour)}/><path d="{panes}" {fill(light)}/>'


def host(rng: SeededRandom, foot: float, tall: float, every: float) -> str:
    """A rank of helmets and spears with here and there a pennon, as one dark outline."""
    path, x = "", -10.0
    while x < 1220:
        head, lean = foot - rng.between(0, 10), rng.between(-7, 7)
        path += f"M{x - every * 0.42:.1f} 640V{head + 16:.1f}q0-15 {every * 0.42:.1f}-18q{every * 0.42:.1f} 3 {every * 0.42:.1f} 18V640z"
        top, at = head - tall * rng.between(0.75, 1.2), x + every * 0.45
        path += f"M{at - 1.8:.1f} 640L{at + lean - 1.4:.1f} {top:.1f}l-3.6-4 5-17 5 17-3.6 4L{at + 1.8:.1f} 640z"
        if rng.below(6) == 0:
            path += f"M{at + lean:.1f} {top + 3:.1f}q16-9 32 2t30-4l-13 12 11 12q-16 8-30 2t-30 4z"
        x += every * rng.between(0.85, 1.15)
    return path


def embers(rng: SeededRandom, count: int) -> str:
    parts = []
    for _ in range(count):
        x, y = rng.between(0, 1200), rng.between(10, 620)
        r = rng.between(1, 3.6) * (0.5 + y / 900)
        parts.append(
            f'<circle cx="{x:.0f}" cy="{y:.0f}" r="{r:.1f}" {fill(rng.pick(("#ffb75a", "#ff8a3c", "#ffe0a0")))} fill-opacity="{rng.between(0.35, 0.95):.2f}"/>'
        )
    return "".join(parts)


def banner(
    x: float,
    top: float,
    size: float,
    field: str,
    second: str,
    division: str,
    motif: str,
    metal: str,
    ink: str,
    name: str,
) -> str:
    """A swallow-tailed banner on its pole, in its own 200 x 330 box."""
    shape = "M10 0H190V300L100 252 10 300z"
    fringe = f'<path d="{shape}" {stroke(ink, 9, ROUND)}/><path d="{shape}" {stroke(metal, 4.5, ROUND)}/>'
    folds = "".join(f'<path d="M{a} 0h16v320h-16z" {fill("#000000")} fill-opacity="0.11"/>' for a in (26, 84, 150))
    shine = "".join(f'<path d="M{a} 0h12v320h-12z" {fill("#ffffff")} fill-opacity="0.06"/>' for a in (48, 112, 170))
    cloth = (
        f'<clipPath id="{name}"><path d="{shape}"/></clipPath><g clip-path="url(#{name})"><path d="M0 0H200V320H0z" {fill(field)}/>'
        f'<path d="{DIVISIONS[division]}" transform="scale(2.083 3.1)" {fill(second)}/>{folds}{shine}</g>'
    )
    pole = (
        f'<path d="M-14-8H214" {stroke(ink, 15, ROUND)}/><path d="M-14-8H214" {stroke("#9c7136", 8, ROUND)}/>'
        f'<circle cx="-18" cy="-8" r="10" {fill(metal)} stroke="{ink}" stroke-width="4"/><circle cx="218" cy="-8" r="10" {fill(metal)} stroke="{ink}" stroke-width="4"/>'
        f'<path d="M20-14L100-70 180-14" {stroke("#9c7136", 3)}/>'
    )
    emblem = placed(charge(motif, metal, ink), 100, 122, 3)
    return f'<g transform="translate({x - 100 * size:g} {top:g}) scale({size:g})">{pole}{cloth}{fringe}{emblem}</g>'


def arms(x: float, y: float, size: float, first: str, second: str, motif: str, ink: str) -> str:
    """The great shield with crossed swords behind and a crown above."""
    parts = (
        "M0-66L4.5-57V30H-4.5V-57z",
        "M-3 34H3V48H-3z",
        "M-15 28Q0 33 15 28V34Q0 38-15 34z",
        "M-4.5 51a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0-9 0z",
    )
    sword = "".join(f'<path d="{path}" {fill(SILVER)} stroke="{ink}" stroke-width="2.2" {ROUND}/>' for path in parts)
    sword += f'<path d="M0-57V26" {stroke(mix(SILVER, ink, 0.5), 1)}/>'
    swords = "".join(f'<g transform="translate(48 50) rotate({turn})">{sword}</g>' for turn in (-48, 48))
    field = (
        f'<clipPath id="a"><path d="{OUTLINE}"/></clipPath><g clip-path="url(#a)"><path d="M0 0H96V96H0z" {fill(first)}/>'
        f'<path d="{DIVISIONS["quarterly"]}" {fill(second)}/><path d="M48 0H96V96H48z" {fill("#000")} fill-opacity="0.12"/></g>'
    )
    crown = placed(charge("crown", GOLD, ink), 48, -10, 0.95)
    return (
        f'<g transform="translate({x - 48 * size:g} {y - 48 * size:g}) scale({size:g})">{swords}{field}{rim(GOLD)}'
        f"{placed(charge(motif, GOLD, ink), 48, 46, 1.1)}{crown}</g>"
    )


# The four banners: where they hang and how large, in which colours, and how they are divided.
SPOTS = ((132, 96, 0.98), (336, 74, 0.84), (864, 74, 0.84), (1068, 96, 0.98))
FIELDS = (("#27406b", "#1b2d4d"), ("#2c5a3d", "#1d3f2a"), ("#54305e", "#3a2041"), ("#33302c", "#1f1d1b"))
WAYS = ("per chevron", "per pale", "chevron", "per bend")


def scene(accent: str, accent_dark: str, motifs: list[str], seed: int) -> str:
    rng = SeededRandom(seed, 15)
    first, ink = tone(accent, light=0.36, rich=0.62), mix(tone(accent, light=0.08), "#100d0b", 0.5)
    dark = mix(tone(accent, light=0.1, rich=0.35), "#120e0c", 0.4)
    fire = mix(tone(accent, light=0.5, rich=0.8), "#ff8a3c", 0.5)
    heaven = (
        f'<radialGradient id="h" cx="0.5" cy="0.8" r="0.72"><stop offset="0" stop-color="{mix(fire, "#ffe0a0", 0.45)}"/><stop offset="0.28" stop-color="{fire}"/>'
        f'<stop offset="0.62" stop-color="{mix(dark, fire, 0.3)}"/><stop offset="1" stop-color="{dark}"/></radialGradient>'
    )
    own = [motif for motif in dealt(motifs, rng, 60) if motif in CHARGES]
    signs = (own + [motif for motif in CHARGES if motif not in own])[:5]
    hung = "".join(
        banner(x, y, size, a, b, way, motif, metal, ink, f"n{n}")
        for n, ((x, y, size), (a, b), way, motif, metal) in enumerate(
            zip(SPOTS, FIELDS, WAYS, signs, (GOLD, SILVER, SILVER, GOLD), strict=False)
        )
    )
    rays = "".join(f"M600 440L{x} -20h46z" for x in range(-400, 1600, 118))
    far = mix(dark, fire, 0.42)
    land = "M0 640V500C160 470 300 490 420 508S760 500 860 486 1080 470 1200 496V640z"
    ranks = "".join(
        f'<path d="{host(rng, foot, tall, every)}" {fill(colour)}/>'
        for foot, tall, every, colour in ((548, 52, 23, mix(dark, fire, 0.2)), (578, 64, 30, dark), (612, 78, 38, ink))
    )
    return (
        heaven
        + ground(1200, 630, 'fill="url(#h)"')
        + f'<path d="{rays}" {fill(fire)} fill-opacity="0.12"/>'
        + keep(256, 486, far, "#ffe0a0")
        + keep(950, 484, far, "#ffe0a0")
        + f'<path d="{land}" {fill(mix(dark, fire, 0.3))}/>'
        + hung
        + ranks
        + embers(rng, 90)
        + arms(600, 330, 3.9, first, tone(accent, light=0.2, rich=0.5), signs[4], ink)
    )
