"""The demo's pictures: drawn in a process of their own while others write the data, and stored by hash."""

from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from multiprocessing import get_context
from zlib import crc32

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from apps.demo.art import achievement_svg, avatar_svg, cover_svg, locked_svg, to_png
from apps.demo.content import DemoGame, demo_games, unpublished_games
from apps.demo.people import AVATARS
from apps.games.icons import store_cover, store_icon, to_cover

ICON_PIXELS = 256
COVER_PIXELS = 1280


@dataclass(frozen=True, slots=True)
class GameArt:
    """Storage names of a game's pictures; `icons` has pairs of earned and locked by achievement key."""

    cover: str
    icons: dict[str, tuple[str, str]]


# Waits for the drawing to finish, and returns each game's art by slug.
Drawn = Callable[[], dict[str, GameArt]]


@contextmanager
def drawn_aside() -> Iterator[Drawn]:
    """Draw all pictures in another process while the block runs."""
    with make_pool() as pool:
        arts = {title.slug: pool.submit(draw_game, title) for title in (*demo_games(), *unpublished_games())}
        avatars = pool.submit(draw_avatars)

        def wait() -> dict[str, GameArt]:
            avatars.result()
            return {slug: art.result() for slug, art in arts.items()}

        try:
            yield wait
        finally:
            pool.shutdown(cancel_futures=True)


def make_pool() -> Executor:
    """Return an executor of one process: drawing holds the GIL, and the other core is busy with the data."""
    return ProcessPoolExecutor(1, mp_context=get_context("spawn"))


def draw_game(title: DemoGame) -> GameArt:
    return GameArt(
        _draw_cover(title),
        {achievement.key: _draw_icons(title, achievement.key, achievement.motif) for achievement in title.drawn},
    )


def draw_avatars() -> None:
    """Draw the portraits that players share."""
    for seed in range(AVATARS):
        if not default_storage.exists(avatar_name(seed)):
            default_storage.save(avatar_name(seed), ContentFile(to_png(avatar_svg(seed), ICON_PIXELS)))


def avatar_name(seed: int) -> str:
    return f"players/avatars/showcase-{seed:02}.png"


def _draw_icons(title: DemoGame, key: str, motif: str) -> tuple[str, str]:
    earned = achievement_svg(title.style, motif, title.accent, crc32(key.encode()))
    return store_icon(to_png(earned, ICON_PIXELS)), _locked_icon(title.style, motif)


@cache
def _locked_icon(style: str, motif: str) -> str:
    """Draw a motif's locked icon, once for all achievements that share it."""
    return store_icon(to_png(locked_svg(style, motif), ICON_PIXELS))


def _draw_cover(title: DemoGame) -> str:
    motifs = [achievement.motif for achievement in title.achievements]
    svg = cover_svg(title.slug, title.name, title.style, title.accent, title.accent_dark, motifs)
    return store_cover(to_cover(to_png(svg, COVER_PIXELS)))
