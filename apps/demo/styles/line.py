"""Line: one thin pen on a flat dusk, and whatever hangs in the sky behind."""

from apps.demo.ink import SeededRandom, fill, ground, mix, painted, placed, stroke, tone, traced

PEN = "#f3ebdd"
ROUND = 'stroke-linecap="round" stroke-linejoin="round"'


def dusk(accent: str, rng: SeededRandom) -> str:
    base = rng.pick(("#252c47", "#2b2c4a", "#20304a", "#322d49"))
    return mix(base, tone(accent, light=0.3, rich=0.4), 0.32)


def ripples(rng: SeededRandom, top: float) -> str:
    lines = [f"M8 {top:g}H88"]
    for row in range(1, 4):
        start = rng.between(12, 40)
        y = top + row * 4.5
        lines.append(f"M{start:.1f} {y:g}h{rng.between(14, 30):.1f}M{start + 38:.1f} {y:g}h{rng.between(4, 12):.1f}")
    return f'<path d="{"".join(lines)}"/>'


def sky(rng: SeededRandom) -> str:
    kind = rng.below(6)
    x = rng.between(22, 74)
    if kind == 0:
        return '<circle cx="48" cy="48" r="40"/><path d="M48 2v12M48 82v12M2 48h12M82 48h12"/>'
    if kind == 1:
        return f'<circle cx="{x:.1f}" cy="30" r="19"/>' + ripples(rng, 74)
    if kind == 2:
        return "".join(f'<path d="M0 {y}Q{x + y / 3:.1f} {y - 26} 96 {y + 4}"/>' for y in (66, 75, 84))
    if kind == 3:
        drops = "".join(f"M{rng.between(4, 92):.1f} {rng.between(2, 86):.1f}l-2.5 7" for _ in range(26))
        return f'<path d="{drops}"/>'
    if kind == 4:
        stars = "".join(
            f"M{a:.1f} {b - 2.2:.1f}v4.4M{a - 2.2:.1f} {b:.1f}h4.4"
            for a, b in ((rng.between(5, 91), rng.between(5, 60)) for _ in range(11))
        )
        return f'<path d="{stars}M0 84Q{x:.1f} 74 96 82"/>'
    return "".join(f'<circle cx="48" cy="96" r="{r}"/>' for r in (34, 50, 66, 82))


def icon(motif: str, accent: str, seed: int) -> str:
    rng = SeededRandom(seed, 1)
    floor, glow = dusk(accent, rng), tone(accent, light=0.72, rich=0.6)
    thin = 1.25
    pen = f'stroke="{PEN}" stroke-width="{thin}" {ROUND}'
    drawing = painted(
        motif,
        body=fill(floor, pen),
        cut=fill(floor, f'stroke="{glow}" stroke-width="{thin}" {ROUND}'),
        line=stroke(PEN, thin, ROUND),
        nick=stroke(glow, thin, ROUND),
    )
    behind = f'<g {stroke(glow, 0.9, ROUND)} stroke-opacity="0.5">{sky(rng)}</g>'
    return ground(96, 96, fill(floor)) + behind + placed(drawing, 48, 48, 1.3)


def locked(motif: str, grey: str) -> str:
    return traced(motif, grey, 1.3, 48, 1.3)
