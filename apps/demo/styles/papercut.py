"""Papercut: sheets of muted paper laid over one another, each with its own soft shadow."""

from apps.demo.ink import SeededRandom, fill, ground, mix, pieces, placed, stroke, tone, traced

CREAM = "#f6efe0"
WARM = ("#cf7f5b", "#d3a350", "#b8667a", "#5f8ba3")
SHADE = "#2a241c"
ROUND = 'stroke-linejoin="round" stroke-linecap="round"'


def sheet(path: str, colour: str, drop: float, spread: float) -> str:
    """A piece of paper and, under it, three shadows that are softer the wider they are."""
    soft = "".join(
        f'<path d="{path}" {stroke(SHADE, spread * n, ROUND)} stroke-opacity="0.085"/>' for n in (0.6, 1.4, 2.4)
    )
    return f'<g transform="translate({drop * 0.5:g} {drop:g})">{soft}</g><path d="{path}" fill="{colour}"/>'


def muted(accent: str, light: float, turn: float = 0, rich: float = 0.32) -> str:
    return mix(tone(accent, light=light, rich=rich, turn=turn), CREAM, 0.08)


def hill(rng: SeededRandom, width: float, height: float, top: float, swell: float) -> str:
    """A sheet whose upper edge is one slow wave."""
    first, second = rng.between(-swell, swell), rng.between(-swell, swell)
    third = width / 3
    return (
        f"M0 {height + 6:g}V{top + first / 2:.1f}C{third:.1f} {top + first - swell:.1f} {third:.1f} {top + second + swell:.1f}"
        f" {width * 0.55:.1f} {top + second:.1f}S{width * 0.85:.1f} {top - first:.1f} {width:g} {top - second:.1f}V{height + 6:g}z"
    )


def hole(rng: SeededRandom, r: float) -> str:
    """A sheet with an uneven round opening in the middle."""
    k = [r * rng.between(0.94, 1.06) for _ in range(4)]
    c = 0.55
    return (
        "M-9-9V105H105V-9z"
        f"M48 {48 - k[0]:.1f}C{48 + k[0] * c:.1f} {48 - k[0]:.1f} {48 + k[1]:.1f} {48 - k[1] * c:.1f} {48 + k[1]:.1f} 48"
        f"C{48 + k[1]:.1f} {48 + k[1] * c:.1f} {48 + k[2] * c:.1f} {48 + k[2]:.1f} 48 {48 + k[2]:.1f}"
        f"C{48 - k[2] * c:.1f} {48 + k[2]:.1f} {48 - k[3]:.1f} {48 + k[3] * c:.1f} {48 - k[3]:.1f} 48"
        f"C{48 - k[3]:.1f} {48 - k[3] * c:.1f} {48 - k[0] * c:.1f} {48 - k[0]:.1f} 48 {48 - k[0]:.1f}z"
    )


def cutting(motif: str, main: str, other: str, fold: str) -> str:
    """The motif piece by piece, every piece a sheet of its own."""
    parts: list[str] = []
    for n, (role, path) in enumerate(pieces(motif)):
        if role == "body":
            parts.append(sheet(path, mix(main, other, 0.14 * (n % 2)), 1.3, 1.5))
        elif role == "cut":
            parts.append(sheet(path, other, 0.6, 0.7))
        else:
            colour, width = (main, 2.4) if role == "line" else (fold, 1.2)
            parts.append(
                f'<path d="{path}" {stroke(SHADE, width, ROUND)} stroke-opacity="0.16" transform="translate(0.4 0.8)"/>'
            )
            parts.append(f'<path d="{path}" {stroke(colour, width, ROUND)}/>')
    return "".join(parts)


def icon(motif: str, accent: str, seed: int) -> str:
    rng = SeededRandom(seed, 5)
    turn = rng.pick((0.0, 0.04, -0.05))
    if rng.below(2):
        tones = [muted(accent, light, turn) for light in (0.36, 0.5, 0.63, 0.76)]
        layers = ground(96, 96, fill(tones[0]))
        layers += "".join(
            sheet(hole(rng, r), colour, 1.6, 1.8) for r, colour in zip((33, 38, 43), tones[1:], strict=True)
        )
        other = rng.pick(WARM)
    else:
        tones = [muted(accent, light, turn) for light in (0.72, 0.6, 0.48, 0.37)]
        layers = ground(96, 96, fill(tones[0]))
        x = rng.between(24, 72)
        layers += sheet(f"M{x - 22:.1f} 34a22 22 0 1 1 44 0a22 22 0 1 1-44 0z", mix(tones[0], CREAM, 0.4), 1.2, 1.6)
        for top, colour in zip((46, 60, 74), tones[1:], strict=True):
            layers += sheet(hill(rng, 96, 96, top, 7), colour, -1.2, 1.8)
        other = rng.pick(WARM)
    drawing = placed(cutting(motif, CREAM, other, muted(accent, 0.4, turn)), 48, 48, 1.16)
    return layers + drawing


def locked(motif: str, grey: str) -> str:
    return traced(motif, grey, 1.4, 48, 1.3, 'stroke-dasharray="3 1.8"')
