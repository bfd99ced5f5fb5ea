"""Grouping: calls that arrive together are carried out together, by one of their own threads.

Nobody waits for company: a lone call runs at once. While groups run, later calls gather; when one ends, the first of
those waiting leads the next. Costs per call fall with load, where it matters.
"""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")


class _Call(Generic[T, R]):
    """One caller's item, and the lock it sleeps on until it has a result or a group to lead."""

    __slots__ = ("error", "group", "item", "result", "signal")

    def __init__(self, item: T) -> None:
        self.item = item
        self.result: R | None = None
        self.error: BaseException | None = None
        # Set for the caller who carries the group out.
        self.group: list[_Call[T, R]] = []
        self.signal = threading.Lock()
        self.signal.acquire()


class Grouper(Generic[T, R]):
    """Runs `work` over groups of at most `size_max` items, at most `groups_max` groups at once.

    `work` returns one result an item, in order. What it raises, every caller of the group gets.
    """

    def __init__(self, work: Callable[[Sequence[T]], Sequence[R]], *, groups_max: int, size_max: int) -> None:
        self._work = work
        self._groups_max = groups_max
        self._size_max = size_max
        self._lock = threading.Lock()
        # Holds calls only while all groups are running.
        self._waiting: deque[_Call[T, R]] = deque()
        self._groups = 0

    def call(self, item: T) -> R:
        """Return the item's result, from a group that may hold other threads' items."""
        mine: _Call[T, R] = _Call(item)
        with self._lock:
            if self._groups < self._groups_max:
                self._groups += 1
                mine.group = [mine]
            else:
                self._waiting.append(mine)
        if not mine.group:
            mine.signal.acquire()
        if mine.group:
            self._lead(mine)
        if mine.error is not None:
            raise mine.error
        return mine.result  # type: ignore[return-value]

    def _lead(self, mine: _Call[T, R]) -> None:
        try:
            results = self._work([call.item for call in mine.group])
            for call, result in zip(mine.group, results, strict=True):
                call.result = result
        except BaseException as error:  # noqa: BLE001 - it is raised again, by every caller of the group
            for call in mine.group:
                call.error = error
        finally:
            self._hand_over()
            for call in mine.group:
                if call is not mine:
                    call.signal.release()

    def _hand_over(self) -> None:
        """Give those who wait to the first of them, or leave the place free."""
        with self._lock:
            if not self._waiting:
                self._groups -= 1
                return
            group = [self._waiting.popleft() for _ in range(min(len(self._waiting), self._size_max))]
        group[0].group = group
        group[0].signal.release()
