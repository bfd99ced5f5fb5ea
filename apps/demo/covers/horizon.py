"""The neon cover: a road over a grid that is falling apart under a striped sun."""

from apps.demo.ink import SeededRandom, fill, ground, mix, placed, stroke, tone
from apps.demo.styles.neon import NIGHT, ROUND, striped_sun, tubes

HORIZON, MIDDLE = 372.0, 640.0


def rows() -> list[float]:
    return [HORIZON + 258 * (n / 11) ** 2.0 for n in range(12)]


def across(column: float, y: float) -> float:
    """Where a grid line is at a height: lines meet at the horizon's middle."""
    return MIDDLE + column * (26 + 150 * (y - HORIZON) / 258)


def cell(column: int, row: int) -> str:
    top, bottom = rows()[row], rows()[row + 1]
    return (
        f"M{across(column, top):.1f} {top:.1f}H{across(column + 1, top):.1f}"
        f"L{across(column + 1, bottom):.1f} {bottom:.1f}H{across(column, bottom):.1f}z"
    )


def glowing(path: str, colour: str, width: float) -> str:
    halo = "".join(
        f'<path d="{path}" {stroke(colour, width * k, ROUND)} stroke-opacity="{o}"/>'
        for k, o in ((7, 0.07), (4.2, 0.13), (2.4, 0.25))
    )
    core = f'<path d="{path}" {stroke(mix(colour, "#ffffff", 0.75), width * 0.35, ROUND)}/>'
    return f'{halo}<path d="{path}" {stroke(colour, width, ROUND)}/>{core}'


def city(rng: SeededRandom) -> str:
    """Towers along the horizon, taller away from the middle."""
    path, x = f"M0 {HORIZON:g}", 0.0
    while x < 1200:
        wide = rng.between(22, 58)
        far = min(1.0, abs(x + wide / 2 - MIDDLE) / 560)
        tall = rng.between(12, 46) + 105 * far * rng.between(0.3, 1)
        path += f"V{HORIZON - tall:.0f}H{x + wide:.0f}"
        x += wide
    return path + f"V{HORIZON:g}z"


def windows(rng: SeededRandom, colour: str) -> str:
    panes = "".join(
        f"M{x:.0f} {HORIZON - rng.between(6, 40):.0f}h4v3h-4z"
        for x in (rng.between(10, 1190) for _ in range(130))
        if abs(x - MIDDLE) > 190
    )
    return f'<path d="{panes}" {fill(colour)} fill-opacity="0.75"/>'


def grid(rng: SeededRandom, main: str, other: str) -> str:
    """The floor, with the cells that have already gone and the cells on their way."""
    cells, holes = "", ""
    for row in range(11):
        for column in range(-26, 26):
            lost = (column > 2 or column < -4) and rng.below(100) < 9 + row * 3
            if lost:
                holes += cell(column, row)
            else:
                cells += cell(column, row)
    return (
        f'<path d="{cells}" {fill(mix(NIGHT, main, 0.1))} stroke="{other}" stroke-width="4" stroke-opacity="0.16"/>'
        f'<path d="{cells}" {stroke(other, 1.5)}/><path d="{holes}" {fill("#030208")}/>'
    )


def shard(x: float, y: float, size: float, colour: str) -> str:
    """A tile in the air, seen from a little above, with its sides."""
    top = f"M{x - size:.1f} {y:.1f}L{x - size * 0.3:.1f} {y - size * 0.42:.1f}L{x + size:.1f} {y - size * 0.24:.1f}L{x + size * 0.35:.1f} {y + size * 0.26:.1f}z"
    side = f"M{x - size:.1f} {y:.1f}v{size * 0.22:.1f}l{size * 1.35:.1f} {size * 0.26:.1f}l{size * 0.65:.1f} {-size * 0.5:.1f}v{-size * 0.22:.1f}"
    return f'<path d="{side}" {fill(mix(NIGHT, colour, 0.25))} stroke="{colour}" stroke-width="1.5"/>' + (
        f'<path d="{top}" {fill(mix(NIGHT, colour, 0.16))}/>' + glowing(top, colour, 2)
    )


def road(main: str) -> str:
    left, right = across(-2, 630), across(1, 630)
    bed = f"M{across(-2, HORIZON):.1f} {HORIZON:g}L{left:.1f} 630H{right:.1f}L{across(1, HORIZON):.1f} {HORIZON:g}z"
    edges = (
        f"M{across(-2, HORIZON):.1f} {HORIZON:g}L{left:.1f} 630M{across(1, HORIZON):.1f} {HORIZON:g}L{right:.1f} 630"
    )
    dashes = ""
    for top, bottom in zip(rows()[1::2], rows()[2::2], strict=False):
        a, b = across(-0.5, top), across(-0.5, bottom)
        w, v = (top - HORIZON) / 40 + 1, (bottom - HORIZON) / 40 + 1
        dashes += f"M{a - w:.1f} {top:.1f}h{2 * w:.1f}L{b + v:.1f} {bottom:.1f}h{-2 * v:.1f}z"
    return f'<path d="{bed}" {fill("#0b0818")}/><path d="{dashes}" {fill(mix(main, "#ffffff", 0.6))}/>' + glowing(
        edges, main, 4
    )


def car(x: float, y: float, main: str, other: str) -> str:
    body = f"M{x - 118} {y}l14-44 34-12 26-36h88l26 36 34 12 14 44-10 22h-216z"
    glass = f"M{x - 56} {y - 58}l18-26h76l18 26z"
    tail = f"M{x - 96} {y - 22}h60M{x + 36} {y - 22}h60"
    wing = f"M{x - 110} {y - 62}h220M{x - 84} {y - 60}v18M{x + 84} {y - 60}v18"
    wheels = f"M{x - 104} {y + 22}h40v20h-40zM{x + 64} {y + 22}h40v20h-40z"
    return (
        f'<ellipse cx="{x}" cy="{y + 44}" rx="150" ry="16" {fill(main)} fill-opacity="0.28"/><path d="{wheels}" {fill("#030208")} stroke="{other}" stroke-width="2"/>'
        f'<path d="{body}" {fill("#0d0a1c")}/>'
        + glowing(body, main, 4)
        + glowing(glass, other, 2.5)
        + glowing(tail, "#ff4d6d", 6)
        + glowing(wing, other, 3)
    )


# Where shards float, and how large.
SHARDS = (
    *((60, 470, 44), (205, 420, 26), (310, 560, 52), (930, 452, 34)),
    *((1065, 545, 58), (1130, 410, 24), (870, 405, 18)),
)


def scene(accent: str, accent_dark: str, motifs: list[str], seed: int) -> str:
    rng = SeededRandom(seed, 12)
    main = tone(accent, light=0.6, rich=0.95)
    other, third = tone(main, light=0.62, rich=0.95, turn=-0.42), tone(main, light=0.6, rich=0.95, turn=0.2)
    heaven = (
        f'<linearGradient id="h" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="{NIGHT}"/><stop offset="0.35" stop-color="{mix(NIGHT, main, 0.16)}"/>'
        f'<stop offset="0.59" stop-color="{mix(NIGHT, main, 0.5)}"/><stop offset="0.595" stop-color="{NIGHT}"/><stop offset="1" stop-color="{NIGHT}"/></linearGradient>'
        f'<linearGradient id="u" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="{mix(third, "#ffffff", 0.3)}"/><stop offset="1" stop-color="{main}"/></linearGradient>'
        f'<radialGradient id="g"><stop offset="0.45" stop-color="{main}" stop-opacity="0.5"/><stop offset="1" stop-color="{main}" stop-opacity="0"/></radialGradient>'
    )
    stars = "".join(
        f"M{rng.between(0, 1200):.0f} {rng.between(0, 250):.0f}h{rng.pick((1.5, 2, 3))}v2h-2z" for _ in range(110)
    )
    sun = f'<circle cx="{MIDDLE:g}" cy="{HORIZON:g}" r="400" fill="url(#g)"/>'
    sun += striped_sun(MIDDLE, HORIZON, 206, "url(#u)")
    skyline = f'<path d="{city(rng)}" {fill("#0a0718")} stroke="{other}" stroke-width="1.6"/>' + windows(rng, third)
    signs = "".join(
        placed(tubes(motif, colour, main, 1.7), x, y, 2.5)
        for motif, colour, x, y in zip(
            dealt(motifs, rng, 3), (other, third, other), (170, 332, 1050), (132, 214, 140), strict=False
        )
    )
    tiles = "".join(shard(x, y - 34, size, rng.pick((other, main))) for x, y, size in SHARDS)
    edge = glowing(f"M0 {HORIZON:g}H1200", other, 2)
    return (
        heaven
        + ground(1200, 630, 'fill="url(#h)"')
        + f'<path d="{stars}" {fill("#ffffff")} fill-opacity="0.7"/>'
        + sun
        + skyline
        + grid(rng, main, other)
        + edge
        + road(main)
        + tiles
        + signs
        + car(558, 560, main, other)
    )


def dealt(motifs: list[str], rng: SeededRandom, count: int) -> list[str]:
    """Some of the game's own motifs, each once."""
    left = sorted(set(motifs)) or ["star"]
    return [left.pop(rng.below(len(left))) for _ in range(min(count, len(left)))]
