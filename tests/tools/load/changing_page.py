"""How long after its 201 an unlock is on the first page of a board that a crowd reads meanwhile."""

import secrets
from collections import defaultdict
from time import perf_counter

import orjson

from tests.tools.load.delays import GIVE_UP_SECONDS, POLL_SECONDS, Delays, send
from tests.tools.load.generator import open_loop
from tests.tools.load.http_connection import Response, request_bytes
from tests.tools.load.stack_bench import Bench
from tests.tools.load.workloads import Pair, Pairs, Reading, UnlockSingle, ping
from tests.tools.load.world import make_world

# All of them on one page; each earns next when what they earned before is long to be seen.
PLAYERS, ACHIEVEMENTS = 100, 300
UNLOCKS_PER_SECOND = 167.0
# What is demanded where the empty view gives EMPTY_VIEW_RATE at CONNECTIONS, and in proportion elsewhere.
READS_PER_SECOND, EMPTY_VIEW_RATE, CONNECTIONS = 5_000.0, 7_700.0, 16
# Of the pages read, those this far apart are looked at: to parse each would take the generator's core.
LOOK_SECONDS = 0.01


class ChangingPage:
    """Reads of a page and, every so many of them, the unlock of somebody on it."""

    weight = 1

    def __init__(self, reading: Reading, unlocks: UnlockSingle, *, every: int) -> None:
        self.delays = Delays()
        self._reading, self._unlocks, self._every = reading, unlocks, every
        self._count = 0
        self._looked_at = 0.0
        # Each player's unlocks, in the order of their responses.
        self._earned: dict[bytes, list[Pair]] = defaultdict(list)

    def next_request(self) -> tuple[bytes, object]:
        self._count += 1
        return (self._reading if self._count % self._every else self._unlocks).next_request()

    def accepts(self, token: object, response: Response) -> bool:
        if token is not None:
            return self._note(token, response)  # type: ignore[arg-type]
        if response.status == 200 and response.at - self._looked_at > LOOK_SECONDS:
            self.look(response)
        return self._reading.accepts(None, response)

    def look(self, response: Response) -> None:
        """Note what a page shows."""
        self._looked_at = response.at
        for row in orjson.loads(response.body)["results"]:
            for pair in self._earned[row["player"]["id"].encode()][: row["unlock_count"]]:
                self.delays.seen.setdefault(pair, response.at)

    def _note(self, pair: Pair, response: Response) -> bool:
        if response.status == 201:
            self.delays.answered[pair] = response.at
            self._earned[pair[0]].append(pair)
        return response.status == 201


def measure_unlock_to_page(bench: Bench) -> None:
    """Offer both, and report the reads and how late unlocks were seen."""
    reads = READS_PER_SECOND * _empty_view_rate(bench) / EMPTY_VIEW_RATE
    world = make_world(
        bench.stack.database_url, label=f"page-{secrets.token_hex(3)}", players=PLAYERS, achievements=ACHIEVEMENTS
    )
    path, headers = (
        f"/api/v1/leaderboards/{world.game_id}?page_size={PLAYERS}",
        {"Authorization": f"Bearer {world.live_key}"},
    )
    page = request_bytes("GET", path, bench.target, headers=headers)
    unlocks = UnlockSingle(bench.target, world.live_key, Pairs(world.player_ids, world.achievement_ids))
    every = max(2, round(reads / UNLOCKS_PER_SECOND) + 1)
    workload = ChangingPage(Reading([page], marker=b'"results"'), unlocks, every=every)
    rate = UNLOCKS_PER_SECOND * every
    run = open_loop(bench.wire, bench.target, workload, rate=rate, seconds=bench.plan.seconds)
    ends_at = perf_counter() + GIVE_UP_SECONDS
    while not workload.delays.is_complete() and perf_counter() < ends_at:
        workload.look(send(bench.wire, bench.target, page))
        bench.wire.wait(perf_counter() + POLL_SECONDS)
    bench.report_offered("board page, changing", run, run.recorder.summary(), rate)
    seen = workload.delays.summary(run)
    bench.report_offered("unlock-to-page", run, seen, UNLOCKS_PER_SECOND, f"{seen.count:,} unlocks")


def _empty_view_rate(bench: Bench) -> float:
    """Return what the empty view gives, measured before or now."""
    if ("ping", CONNECTIONS) not in {(item.scenario, item.connections) for item in bench.results}:
        bench.exhaust("ping", ping(bench.target), CONNECTIONS)
    rates = {item.connections: item.summary.rate for item in bench.results if item.scenario == "ping"}
    return rates[CONNECTIONS]
