"""The heraldic cover: four banners and a crowned shield before a keep, with embers in the air."""

from apps.web.showcase.covers.horizon import dealt
from apps.web.showcase.ink import Dice, fill, ground, mix, placed, stroke, tone
from apps.web.showcase.styles.heraldic import DIVISIONS, GOLD, OUTLINE, ROUND, SILVER, charge, rim

CHARGES = ["wolf", "horse", "tower", "sun", "flame", "bird", "key", "star"]


def keep(colour: str, rimlight: str) -> str:
    """A castle's outline with towers of three heights."""
    path, x = "M0 640V420", 0
    for wide, top, teeth in ((150, 420, 4), (110, 300, 3), (170, 380, 4), (90, 190, 3), (160, 110, 4), (90, 190, 3), (170, 380, 4), (110, 300, 3), (150, 420, 4)):
        step = wide / (2 * teeth - 1)
        for n in range(2 * teeth - 1):
            path += f"V{top - (0 if n % 2 else 22)}H{x + step * (n + 1):.1f}"
        x += wide
    slits = "".join(f"M{a} {b}h8v34h-8z" for a, b in ((196, 350), (226, 350), (470, 250), (590, 170), (640, 170), (720, 250), (970, 350), (1000, 350)))
    return f'<path d="{path}V640z" {fill(colour)} stroke="{rimlight}" stroke-width="2.5"/><path d="{slits}" {fill("#ffb75a")}/>'


def embers(dice: Dice, count: int) -> str:
    parts = []
    for _ in range(count):
        x, y = dice.between(0, 1200), dice.between(10, 620)
        r = dice.between(1, 3.6) * (0.5 + y / 900)
        parts.append(f'<circle cx="{x:.0f}" cy="{y:.0f}" r="{r:.1f}" {fill(dice.pick(("#ffb75a", "#ff8a3c", "#ffe0a0")))} opacity="{dice.between(0.35, 0.95):.2f}"/>')
    return "".join(parts)


def banner(x: float, top: float, size: float, field: str, second: str, division: str, motif: str, metal: str, ink: str, name: str) -> str:
    """A swallow-tailed banner on its pole, in its own 200 x 330 box."""
    shape = "M10 0H190V300L100 252 10 300z"
    fringe = f'<path d="{shape}" {stroke(ink, 9, ROUND)}/><path d="{shape}" {stroke(metal, 4.5, ROUND)}/>'
    folds = "".join(f'<path d="M{a} 0h16v320h-16z" {fill("#000000")} opacity="0.11"/>' for a in (26, 84, 150))
    shine = "".join(f'<path d="M{a} 0h12v320h-12z" {fill("#ffffff")} opacity="0.06"/>' for a in (48, 112, 170))
    cloth = (
        f'<clipPath id="{name}"><path d="{shape}"/></clipPath><g clip-path="url(#{name})"><path d="M0 0H200V320H0z" {fill(field)}/>'
        f'<path d="{DIVISIONS[division]}" transform="scale(2.083 3.1)" {fill(second)}/>{folds}{shine}</g>'
    )
    pole = (
        f'<path d="M-14-8H214" {stroke(ink, 15, ROUND)}/><path d="M-14-8H214" {stroke("#9c7136", 8, ROUND)}/>'
        f'<circle cx="-18" cy="-8" r="10" {fill(metal)} stroke="{ink}" stroke-width="4"/><circle cx="218" cy="-8" r="10" {fill(metal)} stroke="{ink}" stroke-width="4"/>'
        f'<path d="M20-14L100-70 180-14" {stroke(ink, 4)}/>'
    )
    emblem = placed(charge(motif, metal, ink), 100, 122, 2.7)
    return f'<g transform="translate({x - 100 * size:g} {top:g}) scale({size:g})">{pole}{cloth}{fringe}{emblem}</g>'


def arms(x: float, y: float, size: float, first: str, second: str, motif: str, ink: str) -> str:
    """The great shield with crossed swords behind and a crown above."""
    swords = "".join(placed(charge("sword", SILVER, ink), 48, 44, 2.5, turn) for turn in (-135, 135))
    field = (
        f'<clipPath id="a"><path d="{OUTLINE}"/></clipPath><g clip-path="url(#a)"><path d="M0 0H96V96H0z" {fill(first)}/>'
        f'<path d="{DIVISIONS["quarterly"]}" {fill(second)}/><path d="M48 0H96V96H48z" {fill("#000")} opacity="0.12"/></g>'
    )
    crown = placed(charge("crown", GOLD, ink), 48, -10, 0.95)
    return (
        f'<g transform="translate({x - 48 * size:g} {y - 48 * size:g}) scale({size:g})">{swords}{field}{rim(GOLD)}'
        f"{placed(charge(motif, GOLD, ink), 48, 46, 1.1)}{crown}</g>"
    )


def scene(accent: str, accent_dark: str, motifs: list[str], seed: int) -> str:
    dice = Dice(seed, 15)
    first, ink = tone(accent, light=0.36, rich=0.62), mix(tone(accent, light=0.08), "#100d0b", 0.5)
    dark, fire = mix(tone(accent, light=0.1, rich=0.35), "#120e0c", 0.4), mix(tone(accent, light=0.5, rich=0.8), "#ff8a3c", 0.5)
    heaven = (
        f'<radialGradient id="h" cx="0.5" cy="0.62" r="0.72"><stop offset="0" stop-color="{mix(fire, "#ffe0a0", 0.45)}"/><stop offset="0.28" stop-color="{fire}"/>'
        f'<stop offset="0.62" stop-color="{mix(dark, fire, 0.3)}"/><stop offset="1" stop-color="{dark}"/></radialGradient>'
    )
    own = [motif for motif in dealt(motifs, dice, 60) if motif in CHARGES]
    signs = (own + [motif for motif in CHARGES if motif not in own])[:5]
    fields = (("#27406b", "#1b2d4d"), ("#2c5a3d", "#1d3f2a"), ("#54305e", "#3a2041"), ("#33302c", "#1f1d1b"))
    ways = ("per chevron", "per pale", "chevron", "per bend")
    spots = ((150, 118, 1.0), (358, 84, 0.86), (842, 84, 0.86), (1050, 118, 1.0))
    hung = "".join(
        banner(x, y, size, a, b, way, motif, metal, ink, f"n{n}")
        for n, ((x, y, size), (a, b), way, motif, metal) in enumerate(zip(spots, fields, ways, signs, (GOLD, SILVER, SILVER, GOLD), strict=False))
    )
    rays = "".join(f"M600 400L{x} -20h46z" for x in range(-400, 1600, 118))
    ash = "".join(f"M0 640V{y}C200 {y - 44} 420 {y + 30} 620 {y - 6}S1000 {y + 26} 1200 {y - 30}V640z" for y in (596,))
    return (
        heaven + ground(1200, 630, 'fill="url(#h)"') + f'<path d="{rays}" {fill(fire)} opacity="0.1"/>' + keep(mix(dark, first, 0.12), fire)
        + hung + f'<path d="{ash}" {fill(ink)}/>' + embers(dice, 90)
        + arms(600, 340, 3.7, first, tone(accent, light=0.2, rich=0.5), signs[4], ink)
    )
