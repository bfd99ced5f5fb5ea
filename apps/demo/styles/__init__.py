"""Six icon styles by name, each a module that draws a motif as earned and as locked."""

from collections.abc import Callable
from typing import NamedTuple

from apps.demo.styles import heraldic, line, neon, papercut, pixel, woodcut


class Style(NamedTuple):
    icon: Callable[[str, str, int], str]
    locked: Callable[[str, str], str]


STYLES = {
    "line": Style(line.icon, line.locked),
    "pixel": Style(pixel.icon, pixel.locked),
    "woodcut": Style(woodcut.icon, woodcut.locked),
    "neon": Style(neon.icon, neon.locked),
    "papercut": Style(papercut.icon, papercut.locked),
    "heraldic": Style(heraldic.icon, heraldic.locked),
}
