"""Limits on connections, counted across the web processes of one command."""

from collections import Counter

from apps.core.realtime.socket_closing import CloseCode, SocketClosedError
from apps.core.web_processes.place import Place, place
from apps.core.web_processes.shared_memory import SharedMemory, shared_memory


class Bounds:
    """Open connections of one kind by holder, and in total.

    Each process counts its own exactly and sees the others' through shared memory, so two that count at the same
    moment may admit one connection too many.
    """

    def __init__(self, kind: str, own: Place | None = None, memory: SharedMemory | None = None) -> None:
        self._kind = kind
        self._place = own or place()
        self._memory = memory or shared_memory()
        self._held: Counter[str] = Counter()
        self._count = 0

    def take(self, holder: str, *, each_max: int, all_max: int | None = None) -> None:
        """Count another connection of a holder.

        Raises: SocketClosedError when the holder, or all together, have reached the limit.
        """
        held, count = self._held_by_others(holder)
        held, count = held + self._held.get(holder, 0), count + self._count
        if held >= each_max or (all_max is not None and count >= all_max):
            raise SocketClosedError(CloseCode.TRY_LATER)
        self._add(holder, 1)

    def leave(self, holder: str) -> None:
        self._add(holder, -1)
        if not self._held[holder]:
            del self._held[holder]

    def _add(self, holder: str, change: int) -> None:
        self._held[holder] += change
        self._count += change
        if self._memory is not None and self._place is not None:
            self._memory.add(self._kind, self._place.number, holder, change)

    def _held_by_others(self, holder: str) -> tuple[int, int]:
        if self._memory is None or self._place is None:
            return 0, 0
        return self._memory.held_by_others(self._kind, self._place.number, holder)
