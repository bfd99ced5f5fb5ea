"""Memory that the web processes of one command share: each writes its own slot, and reads those of the others.

No locks: a number has one writer, and a reader may see it a moment late.
"""

import mmap
import os
from collections.abc import Iterable, Sequence
from functools import cache
from hashlib import blake2b
from tempfile import TemporaryFile
from typing import IO

from apps.core.web_processes.place import place

# Figures of a process's metrics; numbers of 8 bytes.
FIGURES = 16
# Counts of what a holder has, by the holder's hash; numbers of 4 bytes. 2,000 holders of each kind are in these alone
# but for one in 33, who would share a count with another one.
COUNTS = 65_536
KINDS = ("visitors", "members")
# Hashes differ from start to start, so that nobody can aim at another's count.
_SALT_BYTES = 16
_HEAD_BYTES = mmap.PAGESIZE
_FIGURES_BYTES = 8 * FIGURES
_KIND_BYTES = 4 * COUNTS
_SLOT_BYTES = -(-(_FIGURES_BYTES + len(KINDS) * _KIND_BYTES) // mmap.PAGESIZE) * mmap.PAGESIZE


class SharedMemory:
    """The memory of `count` processes, numbered from 1; mapped from an open file, and written to no disk by us."""

    def __init__(self, descriptor: int, count: int) -> None:
        self._map = mmap.mmap(descriptor, _HEAD_BYTES + count * _SLOT_BYTES)
        self._salt = self._map[:_SALT_BYTES]
        view = memoryview(self._map)
        starts = [_HEAD_BYTES + index * _SLOT_BYTES for index in range(count)]
        self._figures = [view[start : start + _FIGURES_BYTES].cast("d") for start in starts]
        self._counts = {
            kind: [
                view[start + offset : start + offset + _KIND_BYTES].cast("I")
                for start in starts
                for offset in (_FIGURES_BYTES + index * _KIND_BYTES,)
            ]
            for index, kind in enumerate(KINDS)
        }
        self._starts = starts

    def clear(self, number: int) -> None:
        """Drop what a process that has ended counted."""
        start = self._starts[number - 1]
        self._map[start : start + _SLOT_BYTES] = bytes(_SLOT_BYTES)

    # Counts of what holders have

    def add(self, kind: str, number: int, holder: str, change: int) -> None:
        """Count for a holder in this process; the first count is the total of all holders."""
        counts = self._counts[kind][number - 1]
        counts[self._place_of(holder)] += change
        counts[0] += change

    def held_by_others(self, kind: str, number: int, holder: str) -> tuple[int, int]:
        """Return what the other processes count for this holder, and in all."""
        place_of = self._place_of(holder)
        others = [counts for index, counts in enumerate(self._counts[kind], start=1) if index != number]
        return sum(counts[place_of] for counts in others), sum(counts[0] for counts in others)

    def _place_of(self, holder: str) -> int:
        digest = blake2b(holder.encode(), key=self._salt, digest_size=4).digest()
        return 1 + int.from_bytes(digest) % (COUNTS - 1)

    # Figures of metrics

    def publish(self, number: int, values: Sequence[float]) -> None:
        own = self._figures[number - 1]
        for index, value in enumerate(values):
            own[index] = value

    def published(self, size: int) -> Iterable[tuple[int, list[float]]]:
        """Yield the number of each process with the figures it last published."""
        for number, figures in enumerate(self._figures, start=1):
            yield number, list(figures[:size])


def shared_file(count: int) -> IO[bytes]:
    """Return a file without a name for the memory of so many processes."""
    file: IO[bytes] = TemporaryFile(prefix="laurel-web-")  # noqa: SIM115 - the caller's
    file.truncate(_HEAD_BYTES + count * _SLOT_BYTES)
    os.pwrite(file.fileno(), os.urandom(_SALT_BYTES), 0)
    return file


@cache
def shared_memory() -> SharedMemory | None:
    """Return the memory that this process shares with others; None for the only one."""
    own = place()
    return SharedMemory(own.memory, own.count) if own is not None else None
