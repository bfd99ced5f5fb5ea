"""Portraits and emblems for players without a picture: one seed, one face."""

from math import cos, pi, sin

from apps.demo.ink import SeededRandom, fill, ground, mix, placed, rgb, silhouette, stroke, svg, tone

# Background, clothes, hair or fur, and one bright colour each.
PALETTES = (
    ("#e8c9a0", "#2f5d62", "#5b2e22", "#d9643a"),
    ("#2f4858", "#f0b35a", "#1d1b26", "#e4572e"),
    ("#b9d3c2", "#7a4a6b", "#2d2a32", "#f2a65a"),
    ("#f2d6cf", "#30507a", "#8a4b2a", "#c8434f"),
    ("#3b3355", "#8fc0a9", "#d98a5b", "#f4d35e"),
    ("#d8dfe8", "#b4532a", "#6b6f7a", "#2d6f9f"),
    ("#5f7f5c", "#f3e6c8", "#3a2a20", "#d9a441"),
    ("#f4e2b8", "#3d5a45", "#b5542c", "#31708e"),
)
SKINS = ("#f3cfb0", "#e0a878", "#b9774c", "#8a5334", "#5f3824", "#f7dcc8")
ROUND = 'stroke-linecap="round" stroke-linejoin="round"'
EMBLEMS = ("fish", "leaf", "moon", "wave", "mushroom", "feather", "comet", "shell", "gem", "bee", "lantern", "mountain")


def backdrop(rng: SeededRandom, wall: str, bright: str) -> str:
    pale = mix(wall, "#ffffff", 0.22) if rng.below(2) else mix(wall, bright, 0.3)
    kind = rng.below(4)
    if kind == 0:
        shape = f'<circle cx="48" cy="44" r="38" {fill(pale)}/>'
    elif kind == 1:
        rays = "".join(
            f"M48 52L{48 + 90 * cos(a):.1f} {52 + 90 * sin(a):.1f}L{48 + 90 * cos(a + 0.24):.1f} {52 + 90 * sin(a + 0.24):.1f}z"
            for a in (2 * pi * n / 13 for n in range(13))
        )
        shape = f'<path d="{rays}" {fill(pale)}/>'
    elif kind == 2:
        shape = f'<path d="M0 96V58Q26 42 52 60T96 52V96z" {fill(pale)}/><circle cx="{rng.pick((18, 78))}" cy="20" r="9" {fill(bright)}/>'
    else:
        shape = f'<path d="M0 0H96L0 96z" {fill(pale)}/>'
    return ground(96, 96, fill(wall)) + shape


def shoulders(dress: str, rng: SeededRandom) -> str:
    trim = mix(dress, "#ffffff", 0.3)
    collar = rng.pick(
        (
            f'<path d="M36 73L48 86 60 73 66 78 48 98 30 78z" {fill(trim)}/>',
            f'<path d="M34 72Q48 82 62 72L64 79Q48 90 32 79z" {fill(trim)}/>',
            f'<path d="M48 76V96" {stroke(trim, 2)}/>',
        )
    )
    return f'<path d="M10 98C10 80 26 72 48 72S86 80 86 98z" {fill(dress)}/>{collar}'


def hair(kind: int, colour: str) -> tuple[str, str]:
    """Hair behind the head, and hair in front of it."""
    back = (
        "M26 44C22 16 74 16 70 44L74 76C66 82 60 76 58 66H38C36 76 30 82 22 76z",
        "M27 46C22 18 74 18 69 46L66 54H30z",
        "M28 40A20 21 0 1 1 68 40V50H28z",
        "M24 42C20 14 76 14 72 42 80 50 76 66 68 66H28C20 66 16 50 24 42z",
        "M38 20a10 9 0 1 1 20 0zM28 44A20 22 0 1 1 68 44z",
        "M30 42H66V54H30z",
    )[kind]
    front = (
        "M29 42C28 24 66 20 68 42 60 40 50 36 46 29 42 36 36 40 29 42z",
        "M28 41C28 20 62 16 69 32 69 37 68 40 68 43 62 35 46 33 38 31 33 33 30 37 28 41z",
        "M28 38C30 20 66 20 68 38 58 32 38 32 28 38z",
        "M27 42C26 22 70 22 69 42 66 32 58 36 54 30 48 36 42 28 38 35 34 32 30 34 27 42z",
        "M28 40C30 24 66 24 68 40 60 30 36 30 28 40z",
        "M29 38C28 22 40 18 50 21 62 18 70 26 67 38 64 32 60 30 56 31 46 33 36 28 29 38z",
    )[kind]
    return f'<path d="{back}" {fill(mix(colour, "#000000", 0.18))}/>', f'<path d="{front}" {fill(colour)}/>'


def features(rng: SeededRandom, skin: str, bright: str) -> str:
    line = mix(skin, "#2a1710", 0.72)
    eyes = rng.pick(
        (
            f'<circle cx="40" cy="47" r="2.1" {fill(line)}/><circle cx="56" cy="47" r="2.1" {fill(line)}/>',
            f'<path d="M36.5 47.500q3.5-4 7 0M52.5 47.500q3.5-4 7 0" {stroke(line, 1.8, ROUND)}/>',
            f'<path d="M36.5 46.500q3.5 3.5 7 0M52.5 46.500q3.5 3.5 7 0" {stroke(line, 1.8, ROUND)}/>',
        )
    )
    brows = f'<path d="M36 41q4-2.5 8-.5M52 40.500q4-2 8 .5" {stroke(line, 1.5, ROUND)}/>'
    nose = f'<path d="M48 46.500l-2 7h3.5" {stroke(mix(skin, line, 0.5), 1.5, ROUND)}/>'
    mouth = f'<path d="{rng.pick(("M42 60q6 4.5 12 0", "M43 60.500q5 2.5 10 0", "M43 59q6 6 11-1"))}" {stroke(line, 1.8, ROUND)}/>'
    blush = f'<g {fill(mix(skin, "#d9483b", 0.35))}><circle cx="35.5" cy="55" r="3.2"/><circle cx="60.5" cy="55" r="3.2"/></g>'
    glasses = f'<path d="M33 47a6.5 6.5 0 1 0 13 0a6.5 6.5 0 1 0-13 0M50 47a6.5 6.5 0 1 0 13 0a6.5 6.5 0 1 0-13 0M46 46q2-1.5 4 0" {stroke(mix(bright, line, 0.45), 1.7)}/>'
    return blush + brows + eyes + nose + mouth + (glasses if rng.below(4) == 0 else "")


def hat(rng: SeededRandom, bright: str, dress: str) -> str:
    return rng.pick(
        (
            f'<path d="M24 35Q48 27 72 35L70 28Q68 12 48 12T26 28z" {fill(bright)}/><path d="M23 36Q48 26 73 36V30Q48 21 23 30z" {fill(mix(bright, "#ffffff", 0.35))}/>',
            f'<path d="M14 34Q48 22 82 34 66 38 48 36 30 38 14 34z" {fill(dress)}/><path d="M31 31Q32 12 48 12T65 31Q48 26 31 31z" {fill(dress)}/><path d="M31 31Q48 25 65 31V27Q48 21 31 27z" {fill(bright)}/>',
            f'<path d="M27 38C24 16 72 16 69 38 60 28 36 28 27 38z" {fill(bright)}/><circle cx="48" cy="18" r="5" {fill(mix(bright, "#ffffff", 0.4))}/>',
        )
    )


def person(seed: int, rng: SeededRandom) -> str:
    wall, dress, hair_colour, bright = PALETTES[seed % len(PALETTES)]
    skin = SKINS[(seed * 5 + seed // 8) % len(SKINS)]
    behind, fringe = hair((seed + seed // 6) % 6, hair_colour)
    neck = f'<path d="M40 60H56V74Q48 82 40 74z" {fill(mix(skin, "#5a2a18", 0.2))}/>'
    face = f'<path d="M29 42C29 26 67 26 67 42 67 58 60 69 48 69S29 58 29 42z" {fill(skin)}/>'
    ears = f'<circle cx="29" cy="49" r="4" {fill(skin)}/><circle cx="67" cy="49" r="4" {fill(skin)}/>'
    worn = hat(rng, bright, dress) if rng.below(3) == 0 else ""
    return (
        backdrop(rng, wall, bright)
        + behind
        + neck
        + shoulders(dress, rng)
        + ears
        + face
        + features(rng, skin, bright)
        + fringe
        + worn
    )


def beast(seed: int, rng: SeededRandom) -> str:
    """A fox, an owl, a bear or a rabbit, looking straight out."""
    wall, dress, fur, bright = PALETTES[(seed + seed // 24 + 3) % len(PALETTES)]
    fur = tone(fur, light=0.45) if seed % 2 else mix(fur, bright, 0.45)
    fur = mix(fur, "#fff6e6", rng.between(0, 0.22))
    pale, dark = mix(fur, "#fff6e6", 0.72), mix(fur, "#16100d", 0.72)
    kind = (seed // 3) % 4
    ears = (
        "M24 46L20 12 44 30zM72 46L76 12 52 30z",
        "M26 40L24 16 44 28zM70 40L72 16 52 28z",
        "M17 32a11 11 0 1 1 22 0 11 11 0 1 1-22 0zM57 32a11 11 0 1 1 22 0 11 11 0 1 1-22 0z",
        "M34 36C24 20 24 4 32 4S44 18 44 34zM62 36C72 20 72 4 64 4S52 18 52 34z",
    )[kind]
    head = (
        "M20 42C22 24 74 24 76 42 78 56 60 76 48 78 36 76 18 56 20 42z",
        "M22 46C22 22 74 22 74 46 74 66 64 78 48 78S22 66 22 46z",
        "M20 48C20 28 76 28 76 48S64 78 48 78 20 68 20 48z",
        "M24 52C24 32 72 32 72 52S62 78 48 78 24 72 24 52z",
    )[kind]
    mask = (
        "M20 44C30 46 42 54 48 72 54 54 66 46 76 44 77 58 60 76 48 78 36 76 19 58 20 44z",
        "M48 38l-9-13q9 4 18 0zM36 34a12 12 0 1 0 1 24 12 12 0 0 0-1-24zM60 34a12 12 0 1 0 1 24 12 12 0 0 0-1-24z",
        "M36 64a12 11 0 1 1 24 0 12 11 0 1 1-24 0z",
        "M38 66a10 9 0 1 1 20 0 10 9 0 1 1-20 0z",
    )[kind]
    nose = "M44 56H52L48 66z" if kind == 1 else "M43 61h10q0 5-5 7-5-2-5-7z"
    eyes = "".join(
        f'<circle cx="{x}" cy="47" r="3.6" {fill(dark)}/><circle cx="{x + 1.2:g}" cy="45.8" r="1.1" {fill("#ffffff")}/>'
        for x in (36, 60)
    )
    return (
        backdrop(rng, wall, bright)
        + f'<path d="M14 98C16 78 30 72 48 72S80 78 82 98z" {fill(dress)}/>'
        + f'<path d="{ears}" {fill(mix(fur, dark, 0.3))}/><path d="{head}" {fill(fur)}/><path d="{mask}" {fill(pale)}/>'
        + eyes
        + f'<path d="{nose}" {fill(bright if kind == 1 else dark)}/><path d="M32 79Q48 88 64 79" {stroke(bright, 5, ROUND)}/>'
    )


def emblem(seed: int, rng: SeededRandom) -> str:
    wall, dress, dark, bright = PALETTES[(seed + 5) % len(PALETTES)]
    motif = EMBLEMS[(seed // 6) % len(EMBLEMS)]
    sides, turn = rng.pick((4, 6, 8, 40)), rng.between(0, 1)
    plate = "M" + "L".join(
        f"{48 + 38 * cos(2 * pi * (n + turn) / sides):.1f} {48 + 38 * sin(2 * pi * (n + turn) / sides):.1f}"
        for n in range(sides)
    )
    figure = mix(wall, "#ffffff", 0.45) if sum(rgb(dress)) < 1.5 else dark
    return (
        ground(96, 96, fill(wall))
        + f'<path d="{plate}z" {fill(dress)}/><path d="{plate}z" {stroke(bright, 2.5)} transform="translate(6 6) scale(0.875)"/>'
        + placed(silhouette(motif, figure), 48, 48, 0.95)
    )


def avatar_svg(seed: int) -> str:
    rng = SeededRandom(seed, 21)
    draw = (person, beast, person, person, emblem, beast)[seed % 6]
    return svg(96, 96, draw(seed, rng))
