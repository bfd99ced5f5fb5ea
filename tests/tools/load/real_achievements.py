"""A real game's achievement definitions turned into Laurel's import JSON, and simulated players who earn them.

The definitions are read where they lie, beside the checkout; they are under CC BY-SA and never become part of it.
"""

import os
import random
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson

from tests.tools.load.generator import OutOfWorkError
from tests.tools.load.http_connection import Response, request_bytes
from tests.tools.load.targets import Target
from tests.tools.load.workloads import BATCH_PATH

BESIDE_THE_CHECKOUT = Path(__file__).resolve().parents[3].parent / "shared" / "data" / "cdda" / "0.H"
ABSENT = "the Cataclysm: DDA definitions are not here; set LAUREL_TEST_DATA to the folder with achievements.json"
# Reports may be this late (14 days are taken), so that closed days and weeks are counted too.
LATE_MAX = timedelta(days=13)
Reported = tuple[str, str, str | None]


def find_definitions() -> Path | None:
    """Return achievements.json of LAUREL_TEST_DATA or of the folder beside the checkout; None when absent."""
    folder = Path(os.environ.get("LAUREL_TEST_DATA") or BESIDE_THE_CHECKOUT)
    path = folder / "achievements.json"
    return path if path.exists() else None


def converted(path: Path) -> dict[str, Any]:
    """Return the definitions as Laurel's import document; points share out a budget of 1,000."""
    definitions = orjson.loads(path.read_bytes())
    return {
        "format": "laurel.achievements",
        "version": 1,
        "achievements": [_converted_one(number, item) for number, item in enumerate(definitions)],
    }


def simulated_reports(player_ids: Sequence[str], achievement_ids: Sequence[str], count: int) -> list[Reported]:
    """Return `count` different (player, achievement, unlocked_at) of simulated players; the same pairs every time.

    Achievement popularity falls off as one over its rank, as it does in real games; half of the reports come late.
    """
    dice = random.Random(count)
    weights = [1 / (rank + 3) for rank in range(len(achievement_ids))]
    chosen: dict[tuple[str, str], None] = {}
    while len(chosen) < count:
        players = dice.choices(player_ids, k=count)
        achievements = dice.choices(achievement_ids, weights, k=count)
        for pair in zip(players, achievements, strict=True):
            if len(chosen) < count:
                chosen[pair] = None
    moment = datetime.now(UTC)
    return [(*pair, _time_of(dice, moment)) for pair in chosen]


class BatchesOf:
    """A given list of reports, `weight` a request, each once."""

    def __init__(self, target: Target, live_key: str, reports: Sequence[Reported], *, size: int = 100) -> None:
        self.weight = size
        self._target = target
        self._headers = {"Authorization": f"Bearer {live_key}"}
        self._chunks = iter([reports[start : start + size] for start in range(0, len(reports), size)])

    def next_request(self) -> tuple[bytes, int]:
        try:
            chunk = next(self._chunks)
        except StopIteration:
            raise OutOfWorkError("Every report is sent.") from None
        unlocks = [
            {"player_id": player, "achievement_id": achievement} | ({"unlocked_at": at} if at else {})
            for player, achievement, at in chunk
        ]
        body = orjson.dumps({"unlocks": unlocks})
        return request_bytes("POST", BATCH_PATH, self._target, body=body, headers=self._headers), len(chunk)

    def accepts(self, token: object, response: Response) -> bool:
        return response.status == 200 and response.body.count(b'"unlocked":true') == token


def _time_of(dice: random.Random, moment: datetime) -> str | None:
    if dice.random() < 0.5:
        return None
    return (moment - LATE_MAX * dice.random()).isoformat()


def _converted_one(number: int, item: dict[str, Any]) -> dict[str, Any]:
    name = item["name"]["str"] if isinstance(item["name"], dict) else item["name"]
    target = _target_of(item["requirements"])
    return {
        "key": "ACH_" + re.sub(r"[^A-Z0-9]+", "_", item["id"].removeprefix("achievement_").upper()),
        "name": name[:80],
        "description": item.get("description", "")[:300],
        "points": 3 + number % 5,
        "hidden": bool(item.get("hidden_by")),
        "kind": "incremental" if target else "one_shot",
        "target": target,
        "setter": "server",
    }


def _target_of(requirements: list[dict[str, Any]]) -> int | None:
    """Return the count to reach where the definition has exactly one; other rules are met at once."""
    if len(requirements) != 1 or requirements[0].get("is") != ">=":
        return None
    target = requirements[0].get("target")
    return target if isinstance(target, int) and 2 <= target <= 2**31 - 1 else None
