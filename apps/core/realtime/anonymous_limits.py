"""How many connections may be open without a player's place: each process counts its own."""

from collections import Counter

from apps.core.realtime.close_codes import CloseCode, SocketClosedError
from apps.core.realtime.per_loop import PerLoop


class Bounds:
    """Open connections by whom they count against, and together."""

    def __init__(self) -> None:
        self._held: Counter[str] = Counter()
        self._count = 0

    def take(self, holder: str, *, each_max: int, all_max: int | None = None) -> None:
        """Count one more against its holder.

        Raises: SocketClosedError when it has as many as it may, or all have together.
        """
        if self._held.get(holder, 0) >= each_max or (all_max is not None and self._count >= all_max):
            raise SocketClosedError(CloseCode.TRY_LATER)
        self._held[holder] += 1
        self._count += 1

    def leave(self, holder: str) -> None:
        self._count -= 1
        self._held[holder] -= 1
        if not self._held[holder]:
            del self._held[holder]


# Of visitors by their address, and of studios' members by their account.
anonymous = PerLoop(Bounds)
members = PerLoop(Bounds)
