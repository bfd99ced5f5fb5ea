"""Copies of the boards' first pages in this process, served instead of errors during outages of PostgreSQL.

Every change invalidates cached pages, so when the database fails most are invalid; a slightly older page, marked as
degraded, is better than none.
"""

from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic, time

from django.db.utils import InterfaceError, OperationalError

from apps.core.database.availability import failure_detector
from apps.core.errors import NotFoundError
from apps.core.redis.client import RedisUnavailableError
from apps.core.redis.versioned_cache import FinishedBytes
from apps.leaderboards.boards.board import Board
from apps.leaderboards.boards.page_versions import COPY_SECONDS, is_withdrawn

# Some 25 kB each.
COPIES_MAX = 512
# After one failed page, a slow database gets this long.
PATIENT_SECONDS = 1.0
# Path and query.
Url = tuple[str, str]


@dataclass(frozen=True, slots=True)
class _Copy:
    board_name: str
    # The time before it was made: of this process's clock, and since 1970.
    begun_at: float
    made_at: float
    page: FinishedBytes


class StaleCopies:
    """The last public page of each URL; the least recently requested are dropped."""

    def __init__(self) -> None:
        self._copies: dict[Url, _Copy] = {}
        self._patient_until = 0.0

    def has(self, url: Url) -> bool:
        """Return whether a response is immediate."""
        return url in self._copies and (failure_detector.is_unreliable or monotonic() >= self._patient_until)

    def if_error(self, url: Url, board: Board, make: Callable[[], FinishedBytes]) -> FinishedBytes:
        """Return the page that `make` returns, or the copy when PostgreSQL fails.

        So PostgreSQL decides who may see a board whenever it is available.
        """
        begun_at, made_at = monotonic(), time()
        try:
            page = make()
        except (OperationalError, InterfaceError):
            if (copy := self._usable_copy(url, board)) is None:
                raise
            return copy
        except NotFoundError:
            self._copies.pop(url, None)
            raise
        self._remember(url, _Copy(board.name, begun_at, made_at, page))
        return page

    def clear(self) -> None:
        self._copies.clear()
        self._patient_until = 0.0

    def _usable_copy(self, url: Url, board: Board) -> FinishedBytes | None:
        """Return the copy, marked as degraded; None if it is of another day, too old, or withdrawn."""
        copy = self._copies.get(url)
        if copy is None or copy.board_name != board.name or monotonic() - copy.begun_at >= COPY_SECONDS:
            return None
        if not _is_still_public(board, copy):
            return None
        if not failure_detector.was_down_lately:
            self._patient_until = monotonic() + PATIENT_SECONDS
        return FinishedBytes(copy.page.body.replace(b'"degraded":false', b'"degraded":true', 1), is_degraded=True)

    def _remember(self, url: Url, copy: _Copy) -> None:
        self._copies.pop(url, None)
        if copy.page.is_private:
            return
        self._copies[url] = copy
        while len(self._copies) > COPIES_MAX:
            self._copies.pop(next(iter(self._copies)), None)


def _is_still_public(board: Board, copy: _Copy) -> bool:
    """Whether the copy's contents are still public, as far as known without PostgreSQL."""
    try:
        return not is_withdrawn(board, copy.made_at)
    except RedisUnavailableError:
        return False


stale_copies = StaleCopies()
