"""Players' lists, which games request as they start: those of the moment are read together, on the event loop's behalf.

First pages, for anonymous callers and live keys; anything else is Django's. Both read lists by the same functions.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from apps.core.api.views import ApiView
from apps.core.api.wire.cursors import PageAddress, read_slice
from apps.core.database.slices import Slice
from apps.core.parsing.values import UUID_PATTERN, read_uuid
from apps.games.auth.batched_reads import BatchedRead, Query
from apps.games.cache_versions import CACHED_SECONDS
from apps.unlocks import bodies, queries
from apps.unlocks.first_pages import (
    FirstPage,
    FirstPages,
    ListEntry,
    first_achievements,
    first_page_of,
    first_progress,
    first_unlocks,
)
from apps.unlocks.views.readings import AchievementsView, PlayerProgressView, PlayerUnlocksView, versions_of
from apps.unlocks.visibility import Reading, reading_in_game, reading_of_player

_PLAYER = rf"/api/v1/players/(?P<player_id>{UUID_PATTERN})"


class WantedPage(NamedTuple):
    """A page, what its slice is, and where it is read."""

    page: FirstPage
    piece: Slice
    address: PageAddress


def _read_unlocks(query: Query) -> WantedPage | None:
    return _wanted(query, reading_of_player(query.caller, query.ids["player_id"]), queries.UNLOCK_ORDER)


def _read_progress(query: Query) -> WantedPage | None:
    return _wanted(query, reading_of_player(query.caller, query.ids["player_id"]), queries.PROGRESS_ORDER)


def _read_achievements(query: Query) -> WantedPage | None:
    player_id = read_uuid(query.address.parameters.get("player_id"))
    if player_id is None:
        # Those are the same for many, who are sent what one of them has had made.
        return None
    reading = reading_in_game(query.caller, query.ids["game_id"], player_id)
    return _wanted(query, reading, queries.ACHIEVEMENT_ORDER, "game_id", "player_id")


def _wanted(query: Query, reading: Reading, order: Sequence[str], *known: str) -> WantedPage | None:
    """Return what a list without filters is about."""
    if query.address.parameters.keys() - {"page_size", *known}:
        return None
    piece = read_slice(query.address, order)
    page = first_page_of(reading, size=piece.size, game_id=query.ids.get("game_id"))
    return None if page is None else WantedPage(page, piece, query.address)


def _answers(
    read: FirstPages, body: Callable[[PageAddress, Slice, list[ListEntry]], bytes]
) -> Callable[[Sequence[WantedPage]], list[bytes | None]]:
    def answers(wanted: Sequence[WantedPage]) -> list[bytes | None]:
        found = read([page for page, _, _ in wanted])
        return [
            None if entries is None else body(address, piece, entries)
            for entries, (_, piece, address) in zip(found, wanted, strict=True)
        ]

    return answers


def _versions(wanted: WantedPage) -> tuple[str, ...]:
    return versions_of(wanted.page.player_id, wanted.page.game_id)


def _batched(
    route: str,
    view: type[ApiView],
    read: Callable[[Query], WantedPage | None],
    answer: Callable[[Sequence[WantedPage]], list[bytes | None]],
) -> BatchedRead[WantedPage]:
    return BatchedRead(route, view, read=read, answer=answer, versions=_versions, cached_seconds=CACHED_SECONDS)


unlocks = _batched(
    rf"{_PLAYER}/unlocks", PlayerUnlocksView, _read_unlocks, _answers(first_unlocks, bodies.unlock_page_json)
)
progress = _batched(
    rf"{_PLAYER}/progress", PlayerProgressView, _read_progress, _answers(first_progress, bodies.progress_page_json)
)
achievements = _batched(
    rf"/api/v1/games/(?P<game_id>{UUID_PATTERN})/achievements",
    AchievementsView,
    _read_achievements,
    _answers(first_achievements, bodies.achievement_page_json),
)
LISTS = (unlocks, achievements, progress)
