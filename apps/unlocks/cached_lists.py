"""A game's achievements for anonymous readers, cached until the game changes or its rarity is a minute old."""

import hashlib
from collections.abc import Callable

from apps.core.redis.versioned_cache import CacheEntry, FinishedBytes, cached
from apps.games.models import Game

CACHED_SECONDS = 60


def cached_list(game: Game, url: str, make: Callable[[], bytes]) -> FinishedBytes:
    """Return what `make` returns for this URL. The key names everything it depends on."""
    digest = hashlib.sha256(url.encode()).hexdigest()
    entry = CacheEntry(f"achievement-list:{game.id.hex}:{game.revision}:{digest}", CACHED_SECONDS)
    return cached(entry, lambda: FinishedBytes(make()))
