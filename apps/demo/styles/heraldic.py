"""Heraldic: a shield whose field is divided by the seed, and a charge in gold or silver."""

from apps.demo.ink import SeededRandom, fill, ground, mix, painted, placed, stroke, tone, traced

OUTLINE = "M48 7C58 11 70 13 84 13V46C84 68 68 82 48 91 28 82 12 68 12 46V13C26 13 38 11 48 7z"
GOLD, SILVER = "#e3b94f", "#eceae3"
ROUND = 'stroke-linejoin="round" stroke-linecap="round"'
# Where the second tincture lies, on a field of 96 x 96.
DIVISIONS = {
    "per pale": "M48 0H96V96H48z",
    "per fess": "M0 0H96V46H0z",
    "per bend": "M0 0H96V96L4 4z",
    "per bend sinister": "M0 0H96L0 96z",
    "per chevron": "M0 96L48 44 96 96z",
    "quarterly": "M48 0H96V46H48zM0 46H48V96H0z",
    "per saltire": "M0 0H96L48 46zM0 92L48 46 96 92z",
    "chevron": "M0 86L48 44 96 86V64L48 22 0 64z",
    "pale": "M33 0H63V96H33z",
    "bend": "M-4 8L8-4 100 88 88 100z",
    "cross": "M38 0H58V36H96V56H58V96H38V56H0V36H38z",
    "chief": "M0 0H96V30H0z",
    "paly": "M24 0h12v96H24zM48 0h12v96H48zM72 0h12v96H72z",
    "gyronny": "M48 46L48-60-60-60zM48 46L160-60V46zM48 46L48 160 160 160zM48 46L-60 160V46z",
}


def tinctures(accent: str, rng: SeededRandom) -> tuple[str, str]:
    """Two colours, never a metal: the charge alone is metal, so it always stands on colour."""
    first = tone(accent, light=0.36, rich=0.62)
    second = rng.pick((tone(accent, light=0.23, rich=0.5), "#26221f", "#27406b", "#7c2429", "#2c5a3d", "#54305e"))
    return first, second


def rim(metal: str) -> str:
    return f'<path d="{OUTLINE}" {stroke("#171310", 5.6, ROUND)}/><path d="{OUTLINE}" {stroke(metal, 2.8, ROUND)}/>'


def charge(motif: str, metal: str, ink: str) -> str:
    edge = f'stroke="{ink}" stroke-width="1.5" {ROUND}'
    under = painted(
        motif,
        body=fill(ink, f'stroke="{ink}" stroke-width="3" {ROUND}'),
        cut='fill="none"',
        line=stroke(ink, 5, ROUND),
        nick='fill="none"',
    )
    over = painted(
        motif,
        body=fill(metal, edge),
        cut=fill(mix(metal, ink, 0.78), f'stroke="{ink}" stroke-width="0.8"'),
        line=stroke(metal, 2.4, ROUND),
        nick=stroke(mix(metal, ink, 0.8), 1.4, ROUND),
    )
    return under + over


def cloth(rng: SeededRandom, accent: str) -> str:
    """A dark hanging with a small diaper pattern."""
    base = mix(tone(accent, light=0.13, rich=0.3), "#17130f", 0.45)
    thread = mix(base, GOLD, 0.28)
    sign = rng.pick(
        ("l1.3 1.8-1.3 1.8-1.3-1.8z", "h1v1.4h1.4v1h-1.4v1.4h-1v-1.4h-1.4v-1h1.4z", "m-1.4 1.2l2.8 0 0 1-2.8 0z")
    )
    spots = [(x, y) for y in range(3, 97, 8) for x in range(4 * (y // 8 % 2), 97, 8)]
    pattern = "".join(f"M{x} {y - 1.8:g}{sign}" for x, y in spots if abs(x - 48) > 38 - max(0, y - 44) ** 2 / 62)
    return f'<path d="M0 0H96V96H0z{OUTLINE}" fill-rule="evenodd" {fill(base)}/><path d="{pattern}" {fill(thread)}/>'


def icon(motif: str, accent: str, seed: int) -> str:
    rng = SeededRandom(seed, 6)
    first, second = tinctures(accent, rng)
    division = DIVISIONS[rng.pick(sorted(DIVISIONS))]
    metal = rng.pick((GOLD, GOLD, SILVER))
    ink = mix(tone(accent, light=0.1), "#100d0b", 0.5)
    sheen = f'<path d="M48 0H96V96H48z" {fill("#000000")} fill-opacity="0.1"/>'
    field = ground(96, 96, fill(first)) + f'<path d="{division}" {fill(second)}/>' + sheen
    drawing = placed(charge(motif, metal, ink), 48, 45.5, 1.05)
    return field + cloth(rng, accent) + rim(metal) + drawing


def locked(motif: str, grey: str) -> str:
    shield = f'<path d="{OUTLINE}" {stroke(grey, 1.8, ROUND)}/>'
    return shield + traced(motif, grey, 1.5, 45.5, 1.04)
