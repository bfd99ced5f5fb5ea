"""Neon: a glowing tube above a grid that runs to the horizon."""

from apps.demo.ink import NOTHING, SeededRandom, fill, ground, mix, painted, pieces, placed, stroke, tone, traced

NIGHT = "#07060f"
ROUND = 'stroke-linecap="round" stroke-linejoin="round"'
HALO = ((8.2, 0.1), (5.2, 0.17), (3.2, 0.34))


def partner(accent: str, rng: SeededRandom) -> str:
    return tone(accent, light=0.62, rich=0.95, turn=rng.pick((0.2, -0.3, -0.42)))


def floor(width: float, height: float, horizon: float, columns: int, rows: int) -> str:
    """Path data of a grid in perspective, from the horizon to the lower edge."""
    middle, depth = width / 2, height - horizon
    lines = [
        f"M{middle + n * width * 0.035:.1f} {horizon:g}L{middle + n * width * 0.24:.1f} {height:g}"
        for n in range(-columns, columns + 1)
    ]
    for n in range(1, rows + 1):
        y = horizon + depth * (n / rows) ** 2.1
        lines.append(f"M0 {y:.1f}H{width:g}")
    return "".join(lines)


def striped_sun(x: float, horizon: float, r: float, colour: str) -> str:
    """Half a disc on the horizon in bands that grow thicker as they rise."""
    bands = ""
    for low, high in ((0.0, 0.06), (0.14, 0.22), (0.29, 0.39), (0.45, 0.56), (0.61, 1.0)):
        a, b = r * (1 - low**2) ** 0.5, r * (1 - high**2) ** 0.5
        y, top = horizon - r * low, horizon - r * high
        bands += f"M{x - a:.2f} {y:.2f}A{r:g} {r:g} 0 0 1 {x - b:.2f} {top:.2f}H{x + b:.2f}A{r:g} {r:g} 0 0 1 {x + a:.2f} {y:.2f}z"
    return f'<path d="{bands}" {fill(colour)}/>'


def tubes(motif: str, main: str, other: str, thin: float = 1.9) -> str:
    """The motif bent from glass: wide faint strokes for the glow, a bright one, a white core."""
    dark = mix(NIGHT, main, 0.1)
    back = painted(motif, body=fill(dark), cut=NOTHING, line=NOTHING, nick=NOTHING)
    layers = [back]
    for width, share in HALO:
        thin_air = f'{ROUND} stroke-opacity="{share}"'
        a, b = stroke(main, width, thin_air), stroke(other, width * 0.8, thin_air)
        layers.append(painted(motif, body=a, cut=b, line=a, nick=b))
    for role, path in pieces(motif):
        colour, width = (main, thin) if role in {"body", "line"} else (other, thin * 0.85)
        inside = {"body": dark, "cut": mix(NIGHT, other, 0.22)}.get(role, "none")
        layers.append(f'<path d="{path}" fill="{inside}" stroke="{colour}" stroke-width="{width:g}" {ROUND}/>')
        layers.append(f'<path d="{path}" {stroke(mix(colour, "#ffffff", 0.78), width * 0.34, ROUND)}/>')
    return "".join(layers)


def icon(motif: str, accent: str, seed: int) -> str:
    rng = SeededRandom(seed, 4)
    main = tone(accent, light=0.6, rich=0.95)
    other = partner(accent, rng)
    horizon = rng.pick((58.0, 64.0, 70.0))
    shade = mix(NIGHT, other, 0.42)
    if rng.below(3) == 0:
        shade = mix(NIGHT, main, 0.3)
    sun = striped_sun(48, horizon, 31, mix(NIGHT, other, 0.85)) if rng.below(3) == 0 else ""
    glow = (
        f'<linearGradient id="h" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="{NIGHT}"/>'
        f'<stop offset="{horizon / 96:.3f}" stop-color="{shade}"/>'
        f'<stop offset="{horizon / 96 + 0.01:.3f}" stop-color="{mix(NIGHT, main, 0.16)}"/><stop offset="1" stop-color="{NIGHT}"/></linearGradient>'
    )
    grid = f'<path d="{floor(96, 96, horizon, 12, 7)}" {stroke(other, 0.7)} stroke-opacity="0.6"/>'
    edge = f'<path d="M0 {horizon:g}H96" {stroke(mix(other, "#ffffff", 0.5), 0.9)}/>'
    drawing = placed(tubes(motif, main, other), 48, 45, 1.16)
    return glow + ground(96, 96, 'fill="url(#h)"') + sun + grid + edge + drawing


def locked(motif: str, grey: str) -> str:
    faint = stroke(grey, 0.7, 'stroke-opacity="0.4"')
    grid = f'<path d="{floor(96, 92, 74, 4, 3)}" {faint}/>'
    clip = '<clipPath id="f"><rect x="6" y="70" width="84" height="22"/></clipPath>'
    drawing = traced(motif, grey, 1.5, 41, 1.15)
    return f'{clip}<g clip-path="url(#f)">{grid}</g>{drawing}'
