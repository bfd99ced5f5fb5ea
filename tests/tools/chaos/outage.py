"""Unlocks and board pages side by side while something is struck, and the longest answer to each."""

import itertools
from collections import Counter
from collections.abc import Sequence
from time import perf_counter

from tests.tools.chaos.stream import Stream
from tests.tools.load.http_connection import Response, request_bytes
from tests.tools.load.targets import Target
from tests.tools.load.world import World


class UnlocksAndReads:
    """Two unlocks to a read; every response's moment and seconds from the sending, whatever it is."""

    weight = 1

    def __init__(self, unlocks: Stream, reads: Sequence[bytes]) -> None:
        self._unlocks = unlocks
        self._reads = itertools.cycle(reads)
        self._turns = itertools.cycle(("unlock", "unlock", "read"))
        self.begin()

    def begin(self) -> None:
        """Clear the measurements."""
        self._began_at = perf_counter()
        self._responses: list[tuple[str, float, float]] = []
        self.statuses: dict[str, Counter[int]] = {"unlock": Counter(), "read": Counter()}

    def slow(self, kind: str, seconds: float) -> list[tuple[float, float]]:
        """Return when what took so long was sent, and what it took."""
        return [(at, took) for answered, at, took in self._responses if answered == kind and took >= seconds]

    def next_request(self) -> tuple[bytes, object]:
        kind = next(self._turns)
        request, pairs = self._unlocks.next_request() if kind == "unlock" else (next(self._reads), None)
        return request, (kind, perf_counter(), pairs)

    def accepts(self, token: object, response: Response) -> bool:
        kind, sent_at, pairs = token  # type: ignore[misc]
        self._responses.append((kind, round(sent_at - self._began_at, 3), round(response.at - sent_at, 3)))
        self.statuses[kind][response.status] += 1
        return response.status == 200 if pairs is None else self._unlocks.accepts(pairs, response)


def board_reads(target: Target, world: World) -> list[bytes]:
    """Return requests for boards that every unlock changes, half of them with a key."""
    paths = [f"/api/v1/leaderboards/{scope}?page_size=20" for scope in (world.game_id, "global")]
    with_key = {"Authorization": f"Bearer {world.live_key}"}
    return [request_bytes("GET", path, target, headers=headers) for path in paths for headers in ({}, with_key)]
