"""Finished responses in this process's memory, bounded in bytes; the least recently sent go first."""

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass, field
from time import time

from apps.core.asgi.responses import Headers
from apps.core.http.shareable import Shareable

# Python's objects around a response without headers, and around a header; measured with tracemalloc.
OVERHEAD_BYTES = 2_000
HEADER_OVERHEAD_BYTES = 150
# One response may take this share of the memory.
SHARE_MAX = 8
# The last part of a response's time, in which one request renews it.
RENEWED_PART = 0.2
# What a 304 does not say.
_OF_A_BODY = frozenset({b"content-type", b"content-length", b"content-encoding", b"x-noise"})
# A response of fewer uses is not renewed, and ends.
POPULAR_USES = 5


def without_body(headers: Headers) -> Headers:
    """Return the headers of the 304 in place of a 200."""
    return [item for item in headers if item[0] not in _OF_A_BODY]


@dataclass(slots=True, eq=False)
class StoredResponse:
    """A response with status 200, apart from what each request has its own of."""

    shareable: Shareable
    headers: Headers
    body: bytes
    etag: bytes
    # Those of the 304 in its place.
    headers_unmodified: Headers = field(init=False)
    renewed_from: float = field(init=False)
    use_count: int = 0

    def __post_init__(self) -> None:
        self.headers_unmodified = without_body(self.headers)
        ends_at, moment = self.shareable.validity.ends_at, time()
        self.renewed_from = ends_at - RENEWED_PART * (ends_at - moment)

    @property
    def is_due_for_renewal(self) -> bool:
        return self.use_count >= POPULAR_USES and time() >= self.renewed_from

    @property
    def size(self) -> int:
        """Its bytes in memory, roughly, and rather too many."""
        headers = sum(len(name) + len(value) + HEADER_OVERHEAD_BYTES for name, value in self.headers)
        return OVERHEAD_BYTES + headers + len(self.body) + sum(map(len, self.shareable.validity.version_keys))


class StoredResponses:
    """The memory, with its counts for metrics."""

    def __init__(self, bytes_max: int) -> None:
        self.bytes_max = bytes_max
        self.bytes = self.hits = self.misses = self.renewals = self.evictions = 0
        self._by_key: OrderedDict[Hashable, tuple[int, StoredResponse]] = OrderedDict()

    def figures(self) -> list[float]:
        """Return its hits, misses, renewals, evictions and bytes."""
        return [self.hits, self.misses, self.renewals, self.evictions, self.bytes]

    def get(self, key: Hashable) -> StoredResponse | None:
        """Return a response whose time has not ended."""
        if (found := self._by_key.get(key)) is None:
            return None
        if found[1].shareable.validity.ends_at <= time():
            self._drop(key)
            return None
        self._by_key.move_to_end(key)
        return found[1]

    def put(self, key: Hashable, key_bytes: int, response: StoredResponse) -> bool:
        """Store a response, instead of others if need be; return whether it isn't too large."""
        size = response.size + key_bytes
        if size > self.bytes_max // SHARE_MAX:
            return False
        self._drop(key)
        self._by_key[key] = size, response
        self.bytes += size
        while self.bytes > self.bytes_max:
            self._drop(next(iter(self._by_key)))
            self.evictions += 1
        return True

    def clear(self) -> None:
        self._by_key.clear()
        self.bytes = 0

    def _drop(self, key: Hashable) -> None:
        size, _ = self._by_key.pop(key, (0, None))
        self.bytes -= size
