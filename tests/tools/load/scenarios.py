"""The flows the bench measures, in the order it measures them."""

import os
import secrets
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from subprocess import PIPE, Popen
from tempfile import TemporaryDirectory
from time import perf_counter

import psycopg

from tests.supervised import CHECKOUT
from tests.tools.load.bare_insert import bare_insert, pgbench_path
from tests.tools.load.bare_read import bare_read
from tests.tools.load.changing_page import measure_unlock_to_page
from tests.tools.load.crowd import Crowd
from tests.tools.load.delays import send, unlock_to_board, unlock_to_socket
from tests.tools.load.generator import Workload
from tests.tools.load.http_connection import request_bytes
from tests.tools.load.jobs import HOURLY_JOBS, NIGHTLY_JOBS
from tests.tools.load.page_paths import game_paths, profile_paths
from tests.tools.load.past import make_past
from tests.tools.load.past_file import write_past
from tests.tools.load.real_achievements import ABSENT, find_definitions
from tests.tools.load.real_game import CONNECTIONS, play
from tests.tools.load.report import Result
from tests.tools.load.stack_bench import ACHIEVEMENTS, PLAYERS, Bench
from tests.tools.load.workloads import (
    Mixed,
    Progressing,
    UnlockBatch,
    UnlockRepeat,
    achievement_lists,
    board_pages,
    dashboards,
    first_dashboards,
    first_of_players,
    first_pages,
    further_pages,
    keyed_achievement_lists,
    lists_of_players,
    pages,
    ping,
    progress_of_players,
    ranks,
    unlocks_of_players,
)
from tests.tools.load.world import make_world

BATCH = 100
REPEATED = 200
REAL_UNLOCKS = 100_000
IMPORTED_UNLOCKS, IMPORTED_PLAYERS = 1_000_000, 50_000
PAST_UNLOCKS = 5_000_000
# More than a run gets through: each is read once.
EVERYONE = 100_000


def _measure_ping(bench: Bench) -> None:
    for connections in bench.plan.connections:
        bench.exhaust("ping", ping(bench.target), connections)


def _measure_unlock_single(bench: Bench) -> None:
    for rate in bench.plan.rates:
        bench.offer("unlock single", bench.singles(bench.pairs), rate)
        bench.settle()
    for connections in bench.plan.connections:
        bench.exhaust("unlock single", bench.singles(bench.pairs), connections, is_writing=True)


def _measure_unlock_batch(bench: Bench) -> None:
    for rate in bench.plan.rates:
        bench.offer("unlock batch", UnlockBatch(bench.target, bench.world.live_key, bench.pairs, size=BATCH), rate)
        bench.settle()
    for connections in bench.plan.connections:
        workload = UnlockBatch(bench.target, bench.world.live_key, bench.pairs, size=BATCH)
        bench.exhaust("unlock batch", workload, connections, is_writing=True)


def _measure_unlock_repeat(bench: Bench) -> None:
    recorded = []
    for _ in range(REPEATED):
        request, pair = bench.singles(bench.pairs).next_request()
        recorded.append(pair)
        send(bench.wire, bench.target, request)
    for connections in bench.plan.connections:
        bench.exhaust("unlock repeat", UnlockRepeat(bench.target, bench.world.live_key, recorded), connections)


def _measure_board_page(bench: Bench) -> None:
    _measure_reads(bench, "board page", first_pages(bench.target, [bench.game_scope, "global"]))


def _measure_further_pages(bench: Bench) -> None:
    _measure_reads(bench, "board pages 2-10", further_pages(bench.target, [bench.game_scope, "global"]))


def _measure_mixed_pages(bench: Bench) -> None:
    _measure_reads(bench, "board pages, mixed", board_pages(bench.target, [bench.game_scope, "global"]))


def _measure_rank(bench: Bench) -> None:
    _measure_reads(bench, "rank", ranks(bench.target, bench.game_scope, _ranked_players(bench)))


def _measure_dashboard(bench: Bench) -> None:
    _measure_reads(bench, "dashboard", dashboards(bench.target, _public_players(bench)))


def _measure_first_dashboard(bench: Bench) -> None:
    """Dashboards of players that nobody has read yet."""
    _measure_reads(bench, "dashboard, first", first_dashboards(bench.target, _public_players(bench, EVERYONE)))


def _measure_achievement_list(bench: Bench) -> None:
    _measure_reads(bench, "achievements", achievement_lists(bench.target, [bench.game_scope]))


def _measure_keyed_achievement_list(bench: Bench) -> None:
    workload = keyed_achievement_lists(bench.target, bench.game_scope, bench.demo_key)
    _measure_reads(bench, "achievements, keyed", workload)


def _measure_players_unlocks(bench: Bench) -> None:
    workload = unlocks_of_players(bench.target, _public_players(bench), bench.demo_key)
    _measure_reads(bench, "player's unlocks", workload)


def _measure_players_list(bench: Bench) -> None:
    workload = lists_of_players(bench.target, bench.game_scope, _public_players(bench), bench.demo_key)
    _measure_reads(bench, "player's list", workload)


def _measure_first_unlocks(bench: Bench) -> None:
    """Unlocks of players that nobody has read yet."""
    _measure_first(bench, "unlocks, first", "/api/v1/players/{}/unlocks")


def _measure_first_list(bench: Bench) -> None:
    """A game's list for players that nobody has read yet."""
    _measure_first(bench, "list, first", f"/api/v1/games/{bench.game_scope}/achievements?player_id={{}}")


def _measure_first(bench: Bench, name: str, path: str) -> None:
    players = _public_players(bench, EVERYONE)
    _measure_reads(bench, name, first_of_players(bench.target, path, players, bench.demo_key))


def _measure_players_progress(bench: Bench) -> None:
    workload = progress_of_players(bench.target, _public_players(bench), bench.demo_key)
    _measure_reads(bench, "player's progress", workload)


def _measure_reads(bench: Bench, name: str, workload: Workload) -> None:
    for rate in bench.plan.rates:
        bench.offer(name, workload, rate)
    for connections in bench.plan.connections:
        bench.exhaust(name, workload, connections)
    bench.offer_half(name, workload)


def _measure_progress(bench: Bench) -> None:
    workload = Progressing(bench.target, bench.world.live_key, bench.world.player_ids, bench.incremental_id)
    for rate in bench.plan.rates:
        bench.offer("progress", workload, rate)
    for connections in bench.plan.connections:
        bench.exhaust("progress", workload, connections)


def _measure_mixed(bench: Bench) -> None:
    players = _ranked_players(bench)
    reads = (
        board_pages(bench.target, [bench.game_scope, "global"]),
        ranks(bench.target, bench.game_scope, players),
        dashboards(bench.target, _public_players(bench)),
        achievement_lists(bench.target, [bench.game_scope]),
    )
    writes = (
        bench.singles(bench.pairs),
        Progressing(bench.target, bench.world.live_key, bench.world.player_ids, bench.incremental_id),
    )
    for rate in bench.plan.rates:
        bench.offer("mixed, 80 % reads", Mixed(reads, writes), rate)
        bench.settle()
    for connections in bench.plan.connections:
        bench.exhaust("mixed, 80 % reads", Mixed(reads, writes), connections, is_writing=True)


def _public_players(bench: Bench, count: int = 200) -> list[str]:
    """Return players whose dashboards anyone may see: the first read builds it, later ones find it cached."""
    with psycopg.connect(bench.stack.database_url, autocommit=True) as connection:
        rows = connection.execute(
            "SELECT p.id::text FROM player p JOIN standing s ON s.player_id = p.id AND s.scope_id = %s"
            " AND s.\"window\" = 'all' WHERE p.visibility = 'public' ORDER BY p.id LIMIT %s",
            [bench.game_scope, count],
        ).fetchall()
    return [row[0] for row in rows]


def _ranked_players(bench: Bench) -> list[str]:
    """Return up to 1,000 players of the demo game's board, best first; who hides has a row without a name."""
    players: list[str] = []
    for page in range(1, 11):
        path = f"/api/v1/leaderboards/{bench.game_scope}?page={page}&page_size=100"
        response = send(bench.wire, bench.target, request_bytes("GET", path, bench.target))
        if response.status != 200:
            break
        players += [row["player"]["id"] for row in response.json()["results"] if row["player"]]
    return players


def _measure_unlock_to_board(bench: Bench) -> None:
    for rate in bench.plan.rates:
        run, delays = unlock_to_board(
            bench.wire,
            bench.singles(bench.pairs),
            bench.singles(bench.probes),
            bench.world.game_id,
            rate=rate,
            seconds=bench.plan.seconds,
        )
        bench.report_offered("unlock-to-board", run, delays, rate, f"{delays.count} probes")
        bench.settle()


def _measure_unlock_to_socket(bench: Bench) -> None:
    with bench.crowd() as crowd:
        crowd.open()
        for rate in bench.plan.rates:
            offer_to_crowd(bench, "unlock-to-socket", crowd, rate)
            bench.settle()


def offer_to_crowd(bench: Bench, name: str, crowd: Crowd, rate: float) -> None:
    workload = bench.singles(bench.listeners)
    run, delays = unlock_to_socket(bench.wire, workload, crowd, rate=rate, seconds=bench.plan.seconds)
    bench.report_offered(name, run, delays, rate, f"{crowd.open_count:,} sockets")
    bench.is_failed |= crowd.open_count < bench.listening


def _measure_bare_insert(bench: Bench) -> None:
    if pgbench_path() is None:
        bench.say("bare insert: left out, there is no pgbench on this machine")
        return
    for connections in bench.plan.connections:
        summary = bare_insert(bench.stack.database_url, clients=connections, seconds=bench.plan.seconds)
        bench.add(Result("bare insert", summary, connections=connections, remark="pgbench, PostgreSQL alone"))


def _measure_bare_read(bench: Bench) -> None:
    for connections in bench.plan.connections:
        summary = bare_read(bench.stack.redis_url, clients=connections, seconds=bench.plan.seconds)
        bench.add(Result("bare read", summary, connections=connections, remark="MGET of 25 kB, Redis alone"))


def _measure_beside_jobs(bench: Bench) -> None:
    """Unlocks at the target rate while every hourly job, then every nightly one, runs at once over millions."""
    past = make_past(bench.stack.database_url, label=f"past-{secrets.token_hex(3)}", unlocks=PAST_UNLOCKS)
    bench.say(f"beside jobs: {past.unlocks:,} unlocks of {past.players:,} players are there")
    bench.stack.manage("rebuild_boards")
    bench.offer("before jobs", bench.singles(bench.pairs), bench.plan.rates[0])
    bench.settle()
    for name, jobs in (("unlock beside jobs", HOURLY_JOBS), ("unlock by night", NIGHTLY_JOBS)):
        _offer_beside(bench, name, [sys.executable, "-m", "tests.tools.load.jobs", *jobs])
        bench.settle()


def _measure_beside_import(bench: Bench) -> None:
    """Unlocks at the target rate while a game's past is imported."""
    label = f"import-{secrets.token_hex(3)}"
    world = make_world(bench.stack.database_url, label=label, players=1, achievements=ACHIEVEMENTS)
    with TemporaryDirectory() as folder:
        file = Path(folder) / "past.csv"
        write_past(file, unlocks=IMPORTED_UNLOCKS, players=IMPORTED_PLAYERS, achievements=ACHIEVEMENTS)
        bench.offer("before import", bench.singles(bench.pairs), bench.plan.rates[0])
        bench.settle()
        began = perf_counter()
        command = [bench.stack.python, "manage.py", "import_unlocks", label, str(file)]
        _offer_beside(bench, "unlock by import", [*command, "--expect", str(IMPORTED_UNLOCKS)])
        seconds = perf_counter() - began
    bench.say(
        f"  {IMPORTED_UNLOCKS:,} unlocks of {IMPORTED_PLAYERS:,} players in under {seconds:.0f} s; {bench.settle()}"
    )
    with psycopg.connect(bench.stack.database_url, autocommit=True) as connection:
        row = connection.execute("SELECT count(*) FROM unlock WHERE game_id = %s", [world.game_id]).fetchone()
    bench.is_failed |= row != (IMPORTED_UNLOCKS,)


def _offer_beside(bench: Bench, name: str, command: Sequence[str]) -> None:
    with Popen(command, cwd=CHECKOUT, env={**os.environ, **bench.stack.environment}, stdout=PIPE, text=True) as running:
        # As in a worker, whose children are there already.
        bench.wire.wait(perf_counter() + 2.0)
        while running.poll() is None:
            bench.offer(name, bench.singles(bench.pairs), bench.plan.rates[0])
        lines = running.stdout.read().splitlines() if running.stdout else []
    bench.is_failed |= running.returncode != 0
    for line_ in lines:
        bench.say(f"  {line_}")


def _play_real_game(bench: Bench) -> None:
    definitions = find_definitions()
    if definitions is None:
        bench.say(f"real game: left out, {ABSENT}")
        return
    played = play(bench.stack, bench.target, definitions, players=PLAYERS, unlocks=REAL_UNLOCKS)
    remark = (
        f"{played.achievements} achievements, {PLAYERS:,} simulated players, relay {played.relay_seconds:.1f} s later"
    )
    verdict = "; ".join(played.findings) or "boards and totals equal a recomputation in SQL"
    bench.add(
        Result("real game", played.run.recorder.summary(), connections=CONNECTIONS, remark=f"{remark}; {verdict}")
    )
    bench.is_failed |= bool(played.findings)


SCENARIOS: dict[str, Callable[[Bench], None]] = {
    "ping": _measure_ping,
    "single": _measure_unlock_single,
    "batch": _measure_unlock_batch,
    "repeat": _measure_unlock_repeat,
    "board": _measure_board_page,
    "board-pages": _measure_further_pages,
    "board-mix": _measure_mixed_pages,
    "rank": _measure_rank,
    "dashboard": _measure_dashboard,
    "first-dashboard": _measure_first_dashboard,
    "achievements": _measure_achievement_list,
    "keyed-achievements": _measure_keyed_achievement_list,
    "player-unlocks": _measure_players_unlocks,
    "player-list": _measure_players_list,
    "player-progress": _measure_players_progress,
    "first-unlocks": _measure_first_unlocks,
    "first-list": _measure_first_list,
    "home": lambda bench: _measure_reads(bench, "home page", pages(bench.target, ["/"])),
    "game-page": lambda bench: _measure_reads(bench, "game's page", pages(bench.target, game_paths(bench))),
    "profiles": lambda bench: _measure_reads(
        bench, "profiles", pages(bench.target, profile_paths(bench, _public_players(bench)))
    ),
    "progress": _measure_progress,
    "mixed": _measure_mixed,
    "to-board": _measure_unlock_to_board,
    "to-page": measure_unlock_to_page,
    "to-socket": _measure_unlock_to_socket,
    "redis": _measure_bare_read,
    "insert": _measure_bare_insert,
    "real-game": _play_real_game,
    "beside-jobs": _measure_beside_jobs,
    "beside-import": _measure_beside_import,
}
# Made of millions of rows first: minutes, not seconds.
LONG = ("beside-jobs", "beside-import")
# What the others are put beside, each in the same run: the rungs of the ladder, by the name in the results.
RUNGS = {
    "ping": ("ping", "the empty view"),
    "redis": ("bare read", "a bare MGET of 25 kB"),
    "insert": ("bare insert", "pgbench's bare insert"),
}


def with_rungs(names: Sequence[str]) -> list[str]:
    """Return the scenarios to run, and those that they are put beside: on another day the machine is another."""
    return [*(name for name in RUNGS if name not in names), *names]
