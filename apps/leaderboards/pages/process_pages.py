"""The boards' first pages that this process has served lately, for when PostgreSQL doesn't answer.

Pages kept in Redis drop with every change, so the moment the database goes most are out of date; better a page of a
second ago, marked degraded, than none.
"""

from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

from django.db.utils import InterfaceError, OperationalError

from apps.core.database.availability import lookout
from apps.leaderboards.boards.board import Board
from apps.leaderboards.pages.cached_pages import KeptPage

# Some 25 kB each.
PAGES_MAX = 512
SECONDS_MAX = 600.0
# A database that is there and slow is waited for, after one page that was not.
PATIENT_SECONDS = 1.0
# Path and query.
Address = tuple[str, str]


@dataclass(frozen=True, slots=True)
class _LastPage:
    board_name: str
    read_at: float
    page: KeptPage


class LastPages:
    """The last page of each address; those that were asked for longest ago leave."""

    def __init__(self) -> None:
        self._pages: dict[Address, _LastPage] = {}
        self._patient_until = 0.0
        self._being_made: set[Address] = set()

    def has(self, address: Address) -> bool:
        """Return whether it takes but a moment to answer."""
        return address in self._pages and (lookout.is_shaky or monotonic() >= self._patient_until)

    def through(self, address: Address, board: Board, make: Callable[[], KeptPage]) -> KeptPage:
        """Return the page that `make` returns, or while PostgreSQL doesn't answer the last one, marked degraded.

        Just after it is back one call an address makes the page, as all at once took 0.3 s on two cores.
        """
        if address in self._being_made and lookout.was_away_lately and (last := self._stand_in(address, board)):
            return last
        self._being_made.add(address)
        try:
            return self._made(address, board, make)
        finally:
            self._being_made.discard(address)

    def _made(self, address: Address, board: Board, make: Callable[[], KeptPage]) -> KeptPage:
        try:
            page = make()
        except (OperationalError, InterfaceError):
            last = self._stand_in(address, board)
            if last is None or not lookout.is_shaky:
                raise
            if not lookout.was_away_lately:
                self._patient_until = monotonic() + PATIENT_SECONDS
            return last
        if page.is_open:
            self._remember(address, _LastPage(board.name, monotonic(), page))
        return page

    def clear(self) -> None:
        self._pages.clear()
        self._patient_until = 0.0

    def _stand_in(self, address: Address, board: Board) -> KeptPage | None:
        """Return the last page of the address, marked degraded; None for another day's board, or one of long ago."""
        last = self._pages.get(address)
        if last is None or last.board_name != board.name or monotonic() - last.read_at >= SECONDS_MAX:
            return None
        return KeptPage(None, last.page.body.replace(b'"degraded":false', b'"degraded":true', 1))

    def _remember(self, address: Address, last: _LastPage) -> None:
        self._pages.pop(address, None)
        self._pages[address] = last
        while len(self._pages) > PAGES_MAX:
            self._pages.pop(next(iter(self._pages)), None)


last_pages = LastPages()
