"""The showcase's pictures: drawn, rendered in threads, and kept under their hashes."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar
from zlib import crc32

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from apps.games.icons import store_cover, store_icon, to_cover
from apps.web.showcase.art import achievement_svg, avatar_svg, cover_svg, locked_svg, to_png
from apps.web.showcase.content import Prize, Title
from apps.web.showcase.people import AVATARS

ICON_PIXELS = 256
COVER_PIXELS = 1280
Progress = Callable[[int], None]
T = TypeVar("T")
R = TypeVar("R")


def store_icons(title: Title, progress: Progress) -> dict[str, tuple[str, str]]:
    """Draw a game's icons and return the storage names of the earned and the locked one, by achievement key."""

    def draw(prize: Prize) -> tuple[str, tuple[str, str]]:
        earned = achievement_svg(title.style, prize.motif, title.accent, crc32(prize.key.encode()))
        locked = locked_svg(title.style, prize.motif)
        names = store_icon(to_png(earned, ICON_PIXELS)), store_icon(to_png(locked, ICON_PIXELS))
        progress(2)
        return prize.key, names

    return dict(_in_threads(draw, title.prizes))


def store_cover_of(title: Title, progress: Progress) -> str:
    """Draw a game's cover and return its storage name."""
    motifs = [prize.motif for prize in title.prizes]
    svg = cover_svg(title.slug, title.name, title.style, title.accent, title.accent_dark, motifs)
    progress(1)
    return store_cover(to_cover(to_png(svg, COVER_PIXELS)))


def store_avatars(progress: Progress) -> list[str]:
    """Draw the avatars that players share and return their storage names."""

    def draw(seed: int) -> str:
        name = f"players/avatars/showcase-{seed:02}.png"
        if not default_storage.exists(name):
            name = default_storage.save(name, ContentFile(to_png(avatar_svg(seed), ICON_PIXELS)))
        progress(1)
        return name

    return _in_threads(draw, range(AVATARS))


def picture_count(titles: Sequence[Title]) -> int:
    return AVATARS + sum(1 + 2 * len(title.prizes) for title in titles)


def _in_threads(work: Callable[[T], R], items: Sequence[T]) -> list[R]:
    with ThreadPoolExecutor(max_workers=2) as pool:
        return list(pool.map(work, items))
