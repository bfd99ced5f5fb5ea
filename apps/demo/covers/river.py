"""The line cover: a ferry on a river at dusk, drawn without lifting the pen for long."""

from apps.demo.ink import SeededRandom, fill, ground, mix, stroke, tone
from apps.demo.styles.line import PEN, ROUND, dusk


def ridge(rng: SeededRandom, y: float, swell: float, step: float) -> str:
    """An open line of hills from one side to the other."""
    x, path = -40.0, f"M-40 {y:.0f}"
    while x < 1240:
        wide = step * rng.between(0.7, 1.3)
        path += (
            f"Q{x + wide / 2:.0f} {y - swell * rng.between(0.5, 1.9):.0f} {x + wide:.0f} {y + rng.between(-6, 6):.0f}"
        )
        x += wide
    return path


def hills(rng: SeededRandom, floor: str, glow: str) -> str:
    parts = []
    for n, (y, swell, step) in enumerate(((330, 74, 330), (358, 52, 260), (384, 32, 190))):
        line = ridge(rng, y, swell, step)
        parts.append(f'<path d="{line}V420H-40z" {fill(mix(floor, glow, 0.05 - 0.02 * n))}/>')
        parts.append(f'<path d="{line}" {stroke(mix(floor, glow, 0.4 + 0.2 * n), 1.8, ROUND)}/>')
    return "".join(parts)


def houses(x: float, y: float, count: int, rng: SeededRandom) -> tuple[str, str]:
    """A village on the far bank: outlines, and the windows that are lit."""
    lines, lit = "", ""
    for _ in range(count):
        wide, tall = rng.between(24, 40), rng.between(18, 34)
        lines += f"M{x:.0f} {y:.0f}v{-tall:.0f}l{wide / 2:.0f} {-wide * 0.42:.0f}l{wide / 2:.0f} {wide * 0.42:.0f}v{tall:.0f}"
        if rng.below(3):
            lit += f"M{x + wide / 2 - 3:.0f} {y - tall * 0.6:.0f}h6v7h-6z"
        x += wide + rng.pick((0, 0, 10, 22))
    return lines, lit


def ferry(x: float, y: float, floor: str, glow: str, lamp: str) -> str:
    hull = f"M{x - 178} {y}H{x + 192}L{x + 158} {y + 46}H{x - 140}Q{x - 166} {y + 44} {x - 178} {y}z"
    decks = f"M{x - 130} {y}V{y - 46}H{x + 120}V{y}z"
    upper = f"M{x - 84} {y - 46}V{y - 84}H{x + 66}V{y - 46}z"
    bridge = f"M{x - 92} {y - 84}H{x + 76}M{x + 8} {y - 84}V{y - 112}H{x + 56}V{y - 84}M{x} {y - 112}H{x + 64}"
    funnel = f"M{x - 52} {y - 84}L{x - 46} {y - 142}H{x - 18}L{x - 14} {y - 84}z"
    rails = f"M{x - 178} {y}v-18H{x - 130}M{x - 154} {y}v-18M{x + 120} {y - 18}H{x + 186}L{x + 192} {y}M{x + 142} {y}v-18M{x + 164} {y}v-18"
    mast = f"M{x + 32} {y - 112}V{y - 186}M{x + 32} {y - 176}L{x + 190} {y - 16}M{x + 32} {y - 176}L{x - 170} {y - 18}"
    band = f"M{x - 172} {y + 14}H{x + 182}M{x - 49} {y - 126}H{x - 16}M{x - 50} {y - 116}H{x - 15}"
    panes = "".join(f"M{x - 116 + n * 34} {y - 34}h20v18h-20z" for n in range(7))
    panes += (
        "".join(f"M{x - 70 + n * 34} {y - 74}h18v14h-18z" for n in range(4))
        + f"M{x + 16} {y - 106}h14v12h-14zM{x + 36} {y - 106}h12v12h-12z"
    )
    smoke = f"M{x - 32} {y - 152}c-20-20 10-34-8-54s8-38-16-60"
    pen = f'stroke="{PEN}" stroke-width="2.6" {ROUND}'
    solid = "".join(f'<path d="{path}" {fill(floor, pen)}/>' for path in (funnel, upper, decks, hull))
    return (
        f'<path d="{mast}" {stroke(glow, 1.5, ROUND)}/><path d="{smoke}" {stroke(glow, 1.8, ROUND)}/>{solid}'
        f'<path d="{bridge}" {fill(floor, pen)}/><path d="{rails}" {stroke(PEN, 2, ROUND)}/><path d="{band}" {stroke(glow, 1.8, ROUND)}/>'
        f'<path d="{panes}" {fill(lamp)}/><circle cx="{x + 32}" cy="{y - 190}" r="5" {fill(lamp)}/>'
    )


def water(rng: SeededRandom, left: float, right: float, top: float, bottom: float, count: int) -> str:
    """Short level strokes, longer and further apart towards the viewer."""
    path = ""
    for n in range(count):
        depth = (n / count) ** 1.3
        y = top + (bottom - top) * depth
        path += f"M{rng.between(left, right):.0f} {y:.0f}h{rng.between(18, 50) * (0.6 + 1.6 * depth):.0f}"
    return path


def glitter(rng: SeededRandom, x: float, top: float, bottom: float, wide: float) -> str:
    """A light's broken reflection."""
    path, y = "", top
    while y < bottom:
        half = wide * rng.between(0.3, 1)
        off = rng.between(-wide * 0.3, wide * 0.3)
        path += f"M{x + off - half:.0f} {y:.0f}H{x + off + half:.0f}"
        y += rng.between(7, 13)
    return path


def reeds(rng: SeededRandom, x: float, spread: float, count: int) -> str:
    path = ""
    for _ in range(count):
        foot, tall, lean = x + rng.between(-spread, spread), rng.between(70, 190), rng.between(-30, 34)
        path += f"M{foot:.0f} 640q{lean * 0.2:.0f} {-tall * 0.6:.0f} {lean:.0f} {-tall:.0f}"
        if rng.below(3) == 0:
            path += f"m0 0l{lean * 0.14:.0f}-26"
    return path


def jetty(x: float, y: float, floor: str) -> str:
    posts = "".join(f"M{x + n * 62} {y - 14 + n * 3}V{y + 62 + n * 9}" for n in range(5))
    deck = f"M-10 {y + 30}L{x + 262} {y}l14 12L-10 {y + 52}z"
    lamp = f"M{x + 196} {y + 6}V{y - 92}q0-16 18-16h4"
    pen = f'stroke="{PEN}" stroke-width="2.4" {ROUND}'
    return f'<path d="{posts}" {stroke(PEN, 2.4, ROUND)}/><path d="{deck}" {fill(floor, pen)}/><path d="{lamp}" {stroke(PEN, 2.4, ROUND)}/>'


def scene(accent: str, accent_dark: str, motifs: list[str], seed: int) -> str:
    rng = SeededRandom(seed, 13)
    floor, glow = dusk(accent, rng), tone(accent, light=0.72, rich=0.55)
    lamp, moon_x = "#f2c879", 850
    pen = f'stroke="{PEN}" stroke-width="2.3" {ROUND}'
    stars = "".join(f"M{rng.between(20, 1180):.0f} {rng.between(16, 250):.0f}h0.1" for _ in range(90))
    moon = f'<circle cx="{moon_x}" cy="158" r="92" {fill(mix(floor, glow, 0.14), pen)}/>'
    rings = "".join(
        f'<circle cx="{moon_x}" cy="158" r="{r}" {stroke(glow, 1.3)} stroke-opacity="{o}"/>'
        for r, o in ((122, 0.5), (158, 0.34), (200, 0.2))
    )
    craters = f'<path d="M{moon_x - 40} 118a18 18 0 1 0 26 22M{moon_x + 22} 190a24 24 0 1 1 28-30M{moon_x - 30} 206a12 12 0 1 1 14-14" {stroke(glow, 1.6, ROUND)}/>'
    lines, lit = houses(92, 404, 9, rng)
    more, more_lit = houses(1010, 404, 4, rng)
    bank = f'<path d="M0 404H1200" {stroke(PEN, 2.2)}/><path d="{lines}{more}" {fill(floor, pen)}/>'
    ripples = f'<path d="{water(rng, -30, 1160, 416, 626, 90)}" {stroke(glow, 1.7, ROUND)} stroke-opacity="0.5"/>'
    shine = f'<path d="{glitter(rng, moon_x, 414, 618, 66)}" {stroke(PEN, 2.2, ROUND)}/>'
    lights = "".join(glitter(rng, x, 522, 566, 14) for x in (490, 558, 626)) + glitter(rng, 336, 548, 612, 9)
    clear = f'<path d="M330 462H800V520H330z" {fill(floor)}/>'
    lantern = f'<circle cx="334" cy="418" r="22" {fill(lamp)} fill-opacity="0.18"/><circle cx="334" cy="418" r="8" {fill(lamp)}/>'
    tall = f'<path d="{reeds(rng, 1110, 110, 26)}{reeds(rng, 20, 60, 10)}" {stroke(PEN, 2, ROUND)}/>'
    return (
        ground(1200, 630, fill(floor))
        + f'<path d="{stars}" {stroke(PEN, 2.4, ROUND)} stroke-opacity="0.75"/>'
        + rings
        + moon
        + craters
        + hills(rng, floor, glow)
        + bank
        + f'<path d="{lit}{more_lit}" {fill(lamp)}/>'
        + ripples
        + shine
        + clear
        + f'<path d="{lights}" {stroke(lamp, 2, ROUND)}/>'
        + ferry(560, 470, floor, glow, lamp)
        + f'<path d="M352 520h120M420 530h260M620 520h170M700 530h60" {stroke(PEN, 2, ROUND)}/>'
        + jetty(120, 520, floor)
        + lantern
        + tall
    )
