"""A game server that reports unlocks through everything that breaks: it retries what failed and remembers every 2xx."""

import random
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson

from tests.recompute import connect
from tests.tools.load.generator import OutOfWorkError
from tests.tools.load.http_connection import Response, request_bytes
from tests.tools.load.targets import Target
from tests.tools.load.workloads import BATCH_PATH, UNLOCK_PATH, Pair, Pairs

BATCH = 20
# The share of requests that are batches.
BATCHES = 0.2


@dataclass
class Memory:
    """What a client knows: what it tried, and every acknowledgement it got."""

    attempted: set[Pair] = field(default_factory=set)
    firsts: dict[Pair, list[datetime]] = field(default_factory=dict)
    repeats: dict[Pair, list[datetime]] = field(default_factory=dict)
    failures: int = 0

    def acknowledge(self, pair: Pair, *, is_first: bool, unlocked_at: str) -> None:
        seen = self.firsts if is_first else self.repeats
        seen.setdefault(pair, []).append(datetime.fromisoformat(unlocked_at))

    def known(self) -> set[Pair]:
        return self.firsts.keys() | self.repeats.keys()


class Stream:
    """Fresh unlocks, retries of failed ones, repeats of acknowledged ones; singles and small batches."""

    weight = 1

    def __init__(self, target: Target, live_key: str, pairs: Pairs, *, seed: int, batches: float = BATCHES) -> None:
        self.memory = Memory()
        self._target = target
        self._headers = {"Authorization": f"Bearer {live_key}"}
        self._pairs = pairs
        self._batches = batches
        self._dice = random.Random(seed)
        self._failed: deque[Pair] = deque()
        self._recent: deque[Pair] = deque(maxlen=2000)

    def next_request(self) -> tuple[bytes, list[Pair]]:
        is_batch = self._dice.random() < self._batches
        pairs = list(dict.fromkeys(self._next_pair() for _ in range(BATCH if is_batch else 1)))
        self.memory.attempted.update(pairs)
        items = [
            {"player_id": player.decode(), "achievement_id": achievement.decode()} for player, achievement in pairs
        ]
        path, body = (BATCH_PATH, {"unlocks": items}) if is_batch else (UNLOCK_PATH, items[0])
        return request_bytes("POST", path, self._target, body=orjson.dumps(body), headers=self._headers), pairs

    def accepts(self, token: object, response: Response) -> bool:
        pairs: list[Pair] = token  # type: ignore[assignment]
        results = self._results(response)
        for pair, result in zip(pairs, results or [{}] * len(pairs), strict=True):
            if "unlocked" in result:
                is_first = bool(result["unlocked"])
                self.memory.acknowledge(pair, is_first=is_first, unlocked_at=result["unlocked_at"])
                self._recent.append(pair)
            else:
                self.memory.failures += 1
                self._failed.append(pair)
        return bool(results)

    def _next_pair(self) -> Pair:
        roll = self._dice.random()
        if self._failed and roll < 0.3:
            return self._failed.popleft()
        if self._recent and roll > 0.9:
            return self._dice.choice(self._recent)
        try:
            return self._pairs.take()
        except OutOfWorkError:
            return self._dice.choice(self._recent)

    @staticmethod
    def _results(response: Response) -> list[dict[str, Any]]:
        """Return one result a pair, or nothing when the request failed as a whole."""
        if response.status not in {200, 201}:
            return []
        body = response.json()
        return list(body["results"]) if "results" in body else [body]


def broken_promises(dsn: str, memory: Memory) -> list[str]:
    """Return what was confirmed and the ledger doesn't hold, and what the ledger holds that nobody reported."""
    with connect(dsn) as connection:
        rows = connection.execute(
            "SELECT player_id::text, achievement_id::text, unlocked_at FROM unlock WHERE player_id = ANY(%s::uuid[])",
            [sorted({player.decode() for player, _ in memory.attempted})],
        ).fetchall()
    held = {(player.encode(), achievement.encode()): at for player, achievement, at in rows}
    found = [f"{_name(pair)} was acknowledged and is lost" for pair in memory.known() - held.keys()]
    found += [f"{_name(pair)} is held and was never reported" for pair in held.keys() - memory.attempted]
    for pair, times in memory.firsts.items():
        if len(times) > 1:
            found.append(f"{_name(pair)} was answered 201 {len(times)} times")
    for moments in (memory.firsts, memory.repeats):
        for pair, times in moments.items():
            found += [f"{_name(pair)}: confirmed {at}, held {held.get(pair)}" for at in times if held.get(pair) != at]
    return found


def _name(pair: Pair) -> str:
    return f"unlock of {pair[1].decode()} by {pair[0].decode()}"
