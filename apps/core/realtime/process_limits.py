"""Limits on connections, counted per process."""

from collections import Counter

from apps.core.realtime.close_codes import CloseCode, SocketClosedError


class Bounds:
    """Open connections by holder, and in total."""

    def __init__(self) -> None:
        self._held: Counter[str] = Counter()
        self._count = 0

    def take(self, holder: str, *, each_max: int, all_max: int | None = None) -> None:
        """Count another connection of a holder.

        Raises: SocketClosedError when the holder, or all together, have reached the limit.
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
