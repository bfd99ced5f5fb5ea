"""What was requested in the last minute or two, in little memory: a number a request."""

from collections.abc import Hashable
from time import monotonic

# About 100 bytes each, in each of two generations.
ENTRIES_MAX = 20_000
GENERATION_SECONDS = 60.0


class RecentRequests:
    """A bounded memory; what was not requested while a generation lasted goes with it."""

    def __init__(self) -> None:
        self._young: set[int] = set()
        self._old: set[int] = set()
        self._ends_at = 0.0

    def note(self, requested: Hashable) -> bool:
        """Note a request, and return whether there was one for the same."""
        if len(self._young) >= ENTRIES_MAX or monotonic() > self._ends_at:
            self._old, self._young = self._young, set()
            self._ends_at = monotonic() + GENERATION_SECONDS
        number = hash(requested)
        is_again = number in self._young or number in self._old
        self._young.add(number)
        return is_again

    def clear(self) -> None:
        self._old, self._young = set(), set()
