"""The demo's pictures as SVG, by style and motif, and as PNG."""

from zlib import crc32

from apps.demo.avatars import avatar_svg
from apps.demo.covers import SCENES
from apps.demo.ink import svg, to_png
from apps.demo.styles import STYLES

# Contrast of at least 3:1 on light and on dark.
LOCKED_GREY = "#868c87"

__all__ = ["achievement_svg", "avatar_svg", "cover_svg", "locked_svg", "to_png"]


def achievement_svg(style: str, motif: str, accent: str, seed: int) -> str:
    return svg(96, 96, STYLES[style].icon(motif, accent, seed))


def locked_svg(style: str, motif: str) -> str:
    return svg(96, 96, STYLES[style].locked(motif, LOCKED_GREY))


def cover_svg(  # noqa: PLR0917 - the order the caller knows a game in
    slug: str, name: str, style: str, accent: str, accent_dark: str, motifs: list[str]
) -> str:
    """A scene in the game's style; its name and slug seed the arrangement."""
    return svg(1200, 630, SCENES[style](accent, accent_dark, motifs, crc32(f"{slug} {name}".encode())))
