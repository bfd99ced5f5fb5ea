"""A real game's achievements from import to boards: imported, earned over HTTP, recomputed in SQL."""

import secrets
import tempfile
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any
from uuid import UUID

import orjson
import psycopg

from tests.recompute import Boards, Total, boards_of_ledger, connect, differences, recent_windows
from tests.supervised import Stack
from tests.tools.load.delays import send
from tests.tools.load.generator import SECONDS_MAX, Run, closed_loop
from tests.tools.load.http_connection import request_bytes
from tests.tools.load.real_achievements import BatchesOf, converted, simulated_reports
from tests.tools.load.targets import Target
from tests.tools.load.wire import Wire
from tests.tools.load.world import make_game, make_players

CONNECTIONS = 4
RELAY_SECONDS_MAX = 180.0
SAMPLED_PLAYERS = 25


@dataclass(frozen=True, slots=True)
class Played:
    """What became of the game; `findings` is empty when every board and total equals the recomputation."""

    run: Run
    relay_seconds: float
    achievements: int
    unlocks: int
    findings: list[str]


def play(stack: Stack, target: Target, definitions: Path, *, players: int, unlocks: int, batch: int = 100) -> Played:
    """Import the definitions into a new game, report `unlocks` of `players` simulated players, and check everything."""
    label = f"cdda-{secrets.token_hex(3)}"
    with connect(stack.database_url) as connection:
        game_id, live_key = make_game(connection, label)
        player_ids = [str(item) for item in make_players(connection, label, players)]
        (began,) = connection.execute("SELECT now()").fetchone() or (None,)
        keys = _import(stack, label, definitions)
        wire = Wire()
        reports = simulated_reports(player_ids, keys, unlocks)
        workload = BatchesOf(target, live_key, reports, size=batch)
        run = closed_loop(wire, target, workload, connections=CONNECTIONS, seconds=SECONDS_MAX, warm_up_seconds=0)
        relay_seconds = _wait_for_relay(wire, connection)
        findings = _ledger_findings(connection, game_id, len(keys), unlocks)
        findings += differences(
            stack.database_url, stack.redis_url, windows_since=recent_windows(), recorded_since=began
        )
        findings += _http_findings(wire, target, boards_of_ledger(connection, scope=game_id), game_id)
        wire.close()
    return Played(run, relay_seconds, len(keys), unlocks, findings)


def _import(stack: Stack, slug: str, definitions: Path) -> list[str]:
    """Import through Laurel's own command, twice, as it promises that the second time changes nothing."""
    document = converted(definitions)
    with tempfile.TemporaryDirectory(prefix="laurel-import-") as folder:
        file = Path(folder) / "achievements.json"
        file.write_bytes(orjson.dumps(document))
        for _ in range(2):
            stack.manage("import_achievements", slug, str(file), "--apply", "--publish")
    return [item["key"] for item in document["achievements"]]


def _wait_for_relay(wire: Wire, connection: psycopg.Connection) -> float:
    began = perf_counter()
    while connection.execute("SELECT count(*) FROM outbox").fetchone() != (0,):
        if perf_counter() - began > RELAY_SECONDS_MAX:
            raise TimeoutError(f"The relay has not carried everything out within {RELAY_SECONDS_MAX:.0f} s.")
        wire.wait(perf_counter() + 0.1)
    return perf_counter() - began


def _ledger_findings(connection: psycopg.Connection, game_id: UUID, achievements: int, unlocks: int) -> list[str]:
    found = connection.execute(
        "SELECT (SELECT count(*) FROM achievement WHERE game_id = %(game)s AND state = 'published'),"
        " (SELECT count(*) FROM unlock WHERE game_id = %(game)s)",
        {"game": game_id},
    ).fetchone()
    if found == (achievements, unlocks):
        return []
    return [f"(achievements, unlocks) of the game are {found}, should be {(achievements, unlocks)}"]


def _http_findings(wire: Wire, target: Target, boards: Boards, game_id: UUID) -> list[str]:
    """Compare the boards as the API gives them, page by page, and the ranks of some players."""
    everyone = next(totals for (_, window, _, region), totals in boards.items() if window == "all" and region is None)
    findings = []
    for (_, window, _, region), totals in boards.items():
        if window == "all":
            path = f"/api/v1/leaderboards/{game_id}?window=all" + (f"&region={region}" if region else "")
            rows = _all_pages(wire, target, path, len(totals))
            if rows != [(rank, *_row(total)) for rank, total in enumerate(totals, start=1)]:
                findings.append(f"the API's board of region {region} differs from the recomputation")
    for rank, total in list(enumerate(everyone, start=1))[:: max(1, len(everyone) // SAMPLED_PLAYERS)]:
        place = _get(wire, target, f"/api/v1/leaderboards/{game_id}/players/{total.player_id}")
        if (place["rank"], place["points"], place["unlock_count"]) != (rank, total.points, total.unlock_count):
            findings.append(f"the API ranks {total.player_id} {place['rank']}, should be {rank}")
    return findings


def _all_pages(wire: Wire, target: Target, path: str, size: int) -> list[tuple[int, str, int, int]]:
    rows: list[tuple[int, str, int, int]] = []
    for page in range(1, size // 100 + 2):
        results = _get(wire, target, f"{path}&page={page}&page_size=100")["results"]
        rows += [(row["rank"], row["player"]["id"], row["points"], row["unlock_count"]) for row in results]
    return rows


def _row(total: Total) -> tuple[str, int, int]:
    return str(total.player_id), total.points, total.unlock_count


def _get(wire: Wire, target: Target, path: str) -> dict[str, Any]:
    response = send(wire, target, request_bytes("GET", path, target))
    if response.status != 200:
        raise ConnectionError(f"{path}: {response.status} {response.body[:300]!r}")
    return dict(response.json())
