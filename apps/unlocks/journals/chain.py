"""The chain of a journal: the bytes of an entry that are hashed and signed, and which entries follow each other.

Text with line feeds, so that every engine writes the same bytes: no JSON, no floating point, no lengths.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from apps.core.errors import Flaw

# The first line, so that no signature serves for anything else.
HEADER = "laurel-journal-1"
HASH_LENGTH = 64
# What the first entry of a device names as the one before it.
NOTHING = "0" * HASH_LENGTH


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a device's journal: an achievement earned, at a time by the device's clock.

    One with flaws has its place in the chain as any other, by what was sent; what it says is not known.
    """

    sequence: int
    previous: str
    # As written, since that is what is hashed, and what they mean.
    achievement: str
    earned_at: str
    achievement_id: UUID | None
    achievement_key: str | None
    device_time: datetime | None
    signature: str
    # Of what the device signed.
    flaws: tuple[Flaw, ...] = ()
    # Members that no device signs, so whoever sent them added them: the entry is not the device's as it is.
    added: tuple[Flaw, ...] = ()

    def canonical_bytes(self, device_id: UUID) -> bytes:
        """Return the bytes that are hashed, and that the device signs."""
        lines = (HEADER, str(device_id), str(self.sequence), self.previous, self.achievement, self.earned_at)
        return "\n".join(lines).encode()


class Head(NamedTuple):
    """The last entry accepted of a device, by its place and its hash."""

    sequence: int = 0
    hash: str = NOTHING


def hash_of(canonical: bytes) -> str:
    return hashlib.sha256(canonical).hexdigest()


def links(entries: Sequence[Entry], hashes: Sequence[str], head: Head, accepted: Mapping[int, str]) -> Iterator[bool]:
    """Say of each entry whether it is new, up to the first that is neither new nor accepted before.

    A new entry has the next place and names the last one's hash, whether it came with this list or before; one that was
    accepted has its place and its hash, by `accepted`. Anything else breaks the chain, and what follows it is nothing;
    so does an entry with members that were added.
    """
    known = dict(accepted)
    for entry, hash_ in zip(entries, hashes, strict=True):
        is_new = (entry.sequence - 1, entry.previous) == head
        if entry.added or (not is_new and known.get(entry.sequence) != hash_):
            return
        if is_new:
            head, known[entry.sequence] = Head(entry.sequence, hash_), hash_
        yield is_new
