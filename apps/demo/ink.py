"""Tools for drawing: colours, seeded random numbers, painted motifs, and PNGs."""

import colorsys
import re
from collections.abc import Sequence
from typing import TypeVar

import resvg_py

from apps.demo.motifs import MOTIFS

T = TypeVar("T")
_MASK = (1 << 64) - 1
PIECE = re.compile(r'class="(\w+)" d="([^"]*)"')
NOTHING = 'fill="none"'


class SeededRandom:
    """Numbers from a seed by splitmix64: the same on every machine and in every version of Python."""

    def __init__(self, *seeds: int) -> None:
        self._state = 0x9E3779B97F4A7C15
        for seed in seeds:
            self._state = (self._state ^ seed) & _MASK
            self._next()

    def _next(self) -> int:
        self._state = (self._state + 0x9E3779B97F4A7C15) & _MASK
        z = self._state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & _MASK
        self._state ^= z >> 31
        return z ^ (z >> 31)

    def below(self, n: int) -> int:
        return self._next() % n

    def between(self, low: float, high: float) -> float:
        return low + (high - low) * (self._next() >> 11) / (1 << 53)

    def pick(self, things: Sequence[T]) -> T:
        return things[self.below(len(things))]


def rgb(colour: str) -> tuple[float, float, float]:
    return int(colour[1:3], 16) / 255, int(colour[3:5], 16) / 255, int(colour[5:7], 16) / 255


def hexed(r: float, g: float, b: float) -> str:
    return "#" + "".join(f"{round(255 * min(1.0, max(0.0, part))):02x}" for part in (r, g, b))


def mix(one: str, other: str, share: float) -> str:
    """`one` with a share of `other` in it."""
    return hexed(*(a + (b - a) * share for a, b in zip(rgb(one), rgb(other), strict=True)))


def tone(colour: str, *, light: float | None = None, rich: float | None = None, turn: float = 0) -> str:
    """The colour at another lightness or saturation, or turned round the wheel by a share of a full turn."""
    hue, lightness, saturation = colorsys.rgb_to_hls(*rgb(colour))
    lightness = lightness if light is None else light
    saturation = saturation if rich is None else rich
    return hexed(*colorsys.hls_to_rgb((hue + turn) % 1, lightness, saturation))


def fill(colour: str, extra: str = "") -> str:
    return f'fill="{colour}" {extra}'


def stroke(colour: str, width: float, extra: str = "") -> str:
    return f'fill="none" stroke="{colour}" stroke-width="{width:g}" {extra}'


def painted(motif: str, *, body: str, cut: str, line: str, nick: str) -> str:
    """The motif with each class of path replaced by its paint (attributes)."""
    markup = MOTIFS[motif]
    for role, paint in (("body", body), ("cut", cut), ("line", line), ("nick", nick)):
        markup = markup.replace(f'class="{role}"', paint)
    return markup


def pieces(motif: str) -> list[tuple[str, str]]:
    """The motif's paths from back to front: what each is, and its data."""
    return [(role, path) for role, path in PIECE.findall(MOTIFS[motif])]


def silhouette(motif: str, colour: str, spread: float = 0, extra: str = "") -> str:
    """The whole motif in one colour, grown by `spread` on every side."""
    solid = f'fill="{colour}" stroke="{colour}" stroke-width="{2 * spread:g}" stroke-linejoin="round" {extra}'
    thread = stroke(colour, 2.4 + 2 * spread, f'stroke-linecap="round" {extra}')
    return painted(motif, body=solid, cut=solid, line=thread, nick=NOTHING)


def outlined(motif: str, width: float, extra: str = "") -> str:
    """The content of a mask that shows the motif's lines alone, each shape hiding the lines behind it."""
    shape = f'fill="#000" stroke="#fff" stroke-width="{width:g}" stroke-linejoin="round" {extra}'
    pen = stroke("#fff", width, 'stroke-linecap="round" stroke-linejoin="round"')
    return painted(motif, body=shape, cut=shape, line=pen, nick=pen)


def traced(motif: str, colour: str, width: float, y: float, scale: float, extra: str = "") -> str:
    """The motif's lines in one colour on nothing at all, in the middle of an icon's 96 x 96, as high as `y`."""
    half = 24 * scale + 1
    box = f'x="{48 - half:g}" y="{y - half:g}" width="{2 * half:g}" height="{2 * half:g}"'
    mask = placed(outlined(motif, width, extra), 48, y, scale)
    return f'<mask id="k" maskUnits="userSpaceOnUse" {box}>{mask}</mask><rect {box} fill="{colour}" mask="url(#k)"/>'


def placed(markup: str, x: float, y: float, scale: float, turn: float = 0) -> str:
    """A 48 x 48 drawing with its centre at (x, y)."""
    turned = f" rotate({turn:g})" if turn else ""
    return f'<g transform="translate({x:g} {y:g}){turned} scale({scale:g}) translate(-24 -24)">{markup}</g>'


def svg(width: int, height: int, markup: str) -> str:
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">{markup}</svg>'


def ground(width: int, height: int, paint: str) -> str:
    return f'<rect width="{width}" height="{height}" {paint}/>'


def to_png(markup: str, width: int) -> bytes:
    """Render without fonts: nothing here has text, and looking for fonts takes longer than drawing."""
    return bytes(resvg_py.svg_to_bytes(svg_string=markup, width=width, skip_system_fonts=True))
