"""A bounded memory of a process: a dictionary in two generations."""

from collections.abc import Mapping
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class BoundedCache(Generic[K, V]):
    """What was not read while a generation of `entries_max` filled up is dropped with it.

    Threads may share one: the worst of a race is an entry lost.
    """

    def __init__(self, entries_max: int) -> None:
        self.entries_max = entries_max
        self._young: dict[K, V] = {}
        self._old: dict[K, V] = {}

    def get(self, key: K) -> V | None:
        found = self._young.get(key)
        if found is None and (found := self._old.get(key)) is not None:
            self._young[key] = found
        return found

    def add(self, entries: Mapping[K, V]) -> None:
        if len(self._young) >= self.entries_max:
            self._old, self._young = self._young, {}
        self._young.update(entries)

    def clear(self) -> None:
        self._young, self._old = {}, {}
