"""Compares standings with the ledger, and sorted sets with standings; repairs and reports differences.

There should be none; this proves it.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from typing import Any
from uuid import UUID

import structlog
from django.db import connection, transaction

from apps.core.background.relay import wait_for_steps
from apps.core.background.scheduled_jobs import allow_long_statements
from apps.core.database.sql import fetch_column, read_sql
from apps.core.redis.client import Client, client
from apps.leaderboards.boards.board import PLATFORM_ID, Board, in_every_order
from apps.leaderboards.boards.modes import Mode
from apps.leaderboards.boards.windows import retained_bounds
from apps.leaderboards.models import Window
from apps.leaderboards.repair import lost_boards
from apps.leaderboards.repair.lost_boards import are_boards_there
from apps.leaderboards.repair.rebuild import RebuildUnderWayError, rebuild_boards
from apps.leaderboards.sorted_sets import board_sets
from apps.leaderboards.standings import board_sizes, player_counts
from apps.leaderboards.standings.standing_rows import PlayerStanding, count_of_places
from apps.leaderboards.standings.what_counts import EVER, RETAINED, TOTALS, WINDOWS, counted
from apps.players.models import Player

log = structlog.get_logger(__name__)

TIMEOUT_SECONDS = 5.0
# Relays wait for each batch: some 0.1 s when all of a player's data is wrong (two cores).
REPAIRED_AT_ONCE = 25
# With more wrong entries than this a board has not drifted but is lost, and is rebuilt.
MISPLACED_MAX = 5

_NEXT = "SELECT id FROM player WHERE id > %s AND NOT is_test ORDER BY id LIMIT %s"
_SAMPLE = """
WITH ends AS (SELECT min(at) AS first, max(at) AS last FROM (
    SELECT ('x' || left(replace(id::text, '-', ''), 12))::bit(48)::bigint AS at FROM (
        (SELECT id FROM player ORDER BY id LIMIT 1) UNION ALL (SELECT id FROM player ORDER BY id DESC LIMIT 1)) e) t)
SELECT id FROM player
WHERE NOT is_test AND id >= (
    -- The first 48 bits of an id are its time: a random time up to the last finds anyone, the first ones included.
    SELECT (lpad(to_hex(first + (greatest(random() * 1.1 - 0.1, 0) * (last - first))::bigint), 12, '0')
        || repeat('0', 20))::uuid
    FROM ends)
ORDER BY id LIMIT %s
"""
_STORED = f"""
SELECT player_id, scope_id, "window", opened_on, region, points, unlock_count, reached_at FROM standing w
WHERE player_id = ANY (%(player_ids)s) AND points > 0 AND {RETAINED}
"""  # noqa: S608 - put together from constants
_SIZES = f"""
SELECT "window", opened_on, region, count(*) FROM standing w
WHERE scope_id = %(scope_id)s AND points > 0 AND {RETAINED}
GROUP BY GROUPING SETS (("window", opened_on, region), ("window", opened_on))
"""  # noqa: S608 - put together from constants
_DELETE = """
DELETE FROM standing WHERE player_id = %s AND scope_id = %s AND "window" = %s AND opened_on = %s
"""
_PUT = """
INSERT INTO standing (
    player_id, scope_id, "window", opened_on, region, points, unlock_count, reached_at, uncounted_points)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (player_id, scope_id, "window", opened_on) DO UPDATE SET region = excluded.region,
    points = excluded.points, unlock_count = excluded.unlock_count, reached_at = excluded.reached_at,
    uncounted_points = excluded.uncounted_points
"""


@dataclass(frozen=True, slots=True)
class Repaired:
    """What was repaired."""

    players: int = 0
    standings: int = 0
    entries: int = 0
    boards: int = 0

    def as_counts(self) -> dict[str, int]:
        return {
            "players_checked": self.players,
            "standings_repaired": self.standings,
            "entries_repaired": self.entries,
            "boards_rebuilt": self.boards,
        }


@dataclass(frozen=True, slots=True)
class _Drift:
    """A wrong standing: its key, as it must be (None: not at all), and as it is stored (None: missing)."""

    player_id: UUID
    scope_id: UUID
    window: Window
    opened_on: date
    wanted: PlayerStanding | None
    stored: PlayerStanding | None

    @property
    def unlock_change(self) -> int:
        return (self.wanted.unlock_count if self.wanted else 0) - (self.stored.unlock_count if self.stored else 0)


def next_players(after: UUID, *, limit: int) -> list[UUID]:
    """Return the next players by id."""
    return fetch_column(_NEXT, [after, limit])


def some_players(*, limit: int) -> list[UUID]:
    """Return consecutive players from a random position."""
    return fetch_column(_SAMPLE, [limit])


def reconcile_players(player_ids: Sequence[UUID], moment: datetime, *, is_dry: bool = False) -> Repaired:
    """Compare players' standings with the ledger and their entries with the standings, and repair differences.

    Checks without a lock; only suspects are checked again while no step is running. During a rebuild there is nothing
    to compare. Call outside of transactions, or relays wait until they end. `is_dry` only reports suspects. Raises:
    RedisError.
    """
    ids = list(player_ids)
    if not are_boards_there():
        return Repaired()
    with transaction.atomic():
        allow_long_statements()
        drifts, misplaced = _drifts(ids, moment), _misplaced(ids, moment)
    suspects = sorted({drift.player_id for drift in drifts}.union(*misplaced.values()))
    if is_dry:
        return Repaired(len(ids), len(drifts), sum(map(len, misplaced.values())))
    if (lost := _lost(suspects, moment)) and _rebuild(boards=lost):
        return Repaired(len(ids), boards=len(lost))
    standings = entries = 0
    for start in range(0, len(suspects), REPAIRED_AT_ONCE):
        repaired = _repair(suspects[start : start + REPAIRED_AT_ONCE], moment)
        standings, entries = standings + repaired[0], entries + repaired[1]
    if standings or entries:
        log.warning("boards.repaired", standings=standings, entries=entries, players=list(map(str, suspects[:10])))
    return Repaired(len(ids), standings, entries)


def _lost(suspects: list[UUID], moment: datetime) -> set[Board]:
    """Mark and return the boards where more than a few of these are wrong while no step is running.

    Such a board has not drifted: other players' entries are wrong there, too.
    """
    with transaction.atomic():
        wait_for_steps()
        lost = {board for board, players in _misplaced(suspects, moment).items() if len(players) > MISPLACED_MAX}
        lost_boards.mark(lost)
    return lost


def _rebuild(*, scope_id: UUID | None = None, boards: Collection[Board] = ()) -> bool:
    """Rebuild the scope's boards, or these; False while another rebuild is running."""
    try:
        rebuild_boards(scope_id=scope_id, boards=boards)
    except RebuildUnderWayError:
        return False
    return True


def reconcile_sizes(scope_id: UUID, moment: datetime, *, is_dry: bool = False) -> Repaired:
    """Rebuild a scope's boards when one's size differs from the standings; correct stored sizes and numbers of players.

    Counts all without a lock, and suspects again while no step is running. Call as reconcile_players.
    """
    redis = client(timeout_seconds=TIMEOUT_SECONDS)
    with transaction.atomic():
        noted = {
            board: size for board, size in board_sizes.expected_sizes(moment).items() if board.scope_id == scope_id
        }
        counted = dict.fromkeys(noted, 0) | _sizes(scope_id, moment)
        if not is_dry and player_counts.correct(scope_id):
            log.warning("player_counts.repaired", scope=str(scope_id))
        suspects = [board for board, count in counted.items() if {_size(redis, board), noted.get(board, 0)} != {count}]
    wrong = [board.name for board in suspects if not _is_size_right(redis, board, moment, is_dry=is_dry)]
    if not wrong or not are_boards_there():
        return Repaired()
    log.warning("boards.sizes_differ", boards=wrong[:10])
    if is_dry:
        return Repaired(boards=len(wrong))
    return Repaired(boards=len(wrong)) if _rebuild(scope_id=scope_id) else Repaired()


def _repair(suspects: list[UUID], moment: datetime) -> tuple[int, int]:
    """Check players again while no step is running, and repair; return the numbers of standings and entries."""
    with transaction.atomic():
        wait_for_steps()
        drifts = _drifts(suspects, moment)
        for drift in drifts:
            _repair_standing(drift)
        return len(drifts), _repair_entries(suspects, drifts, moment)


def _drifts(player_ids: list[UUID], moment: datetime) -> list[_Drift]:
    chosen = {"player_ids": player_ids, **retained_bounds(moment)}
    with connection.cursor() as cursor:
        cursor.execute(_drift_statement(), chosen)
        rows = cursor.fetchall()
    return [_drift((row[0], row[1], Window(row[2]), row[3]), row[4:9], row[9:]) for row in rows]


def _drift(key: tuple[UUID, UUID, Window, date], wanted: Sequence[Any], stored: Sequence[Any]) -> _Drift:
    """Return the drift of a row of standing_drift.sql: its values wanted and stored, or nothing but NULL."""
    return _Drift(*key, *(None if item[0] is None else PlayerStanding(*key, *item) for item in (wanted, stored)))


@cache
def _drift_statement() -> str:
    unlocks = {mode.value: counted(f"{EVER[mode]} JOIN settled d ON u.player_id = d.id", mode=mode) for mode in Mode}
    rules = {"totals": TOTALS, **unlocks, "windows": WINDOWS, "retained": RETAINED}
    return read_sql("leaderboards", "standing_drift", **rules)


def _stored(player_ids: list[UUID], moment: datetime) -> list[PlayerStanding]:
    with connection.cursor() as cursor:
        cursor.execute(_STORED, {"player_ids": player_ids, **retained_bounds(moment)})
        return [PlayerStanding(row[0], row[1], Window(row[2]), *row[3:]) for row in cursor.fetchall()]


def _misplaced(player_ids: list[UUID], moment: datetime) -> dict[Board, set[UUID]]:
    """Return the boards in Redis with entries that differ from players' standings, and those players."""
    wanted = board_sets.scores_of(_stored(player_ids, moment))
    pairs = [(board, member, score) for board, members in wanted.items() for member, score in members.items()]
    pipeline = client(timeout_seconds=TIMEOUT_SECONDS).pipeline(transaction=False)
    for board, member, _ in pairs:
        pipeline.zscore(board_sets.key_of(board), member)
    misplaced: dict[Board, set[UUID]] = defaultdict(set)
    for (board, member, score), stored in zip(pairs, pipeline.execute(), strict=True):
        if stored != score:
            misplaced[board].add(UUID(bytes=member))
    return misplaced


def _repair_standing(drift: _Drift) -> None:
    changes: Counter[board_sizes.Key] = Counter()
    for item, change in ((drift.stored, -1), (drift.wanted, 1)):
        if item and item.is_ranked:
            changes[item.scope_id, item.window, item.opened_on, item.region] += change
    board_sizes.note(changes)
    if drift.window == Window.ALL and Player.objects.filter(pk=drift.player_id, is_counted=True).exists():
        unlock_change = drift.unlock_change if drift.scope_id == PLATFORM_ID else 0
        player_change = (drift.wanted is not None) - (drift.stored is not None)
        player_counts.note(drift.scope_id, player_change, unlock_change)
    with connection.cursor() as cursor:
        if (item := drift.wanted) is None:
            cursor.execute(_DELETE, [drift.player_id, drift.scope_id, drift.window.value, drift.opened_on])
        else:
            values = item.region, item.points, item.unlock_count, item.reached_at, item.uncounted_points
            cursor.execute(_PUT, [*item.key, *values])


def _repair_entries(player_ids: list[UUID], drifts: Sequence[_Drift], moment: datetime) -> int:
    """Set the players' entries to their standings; return how many differed. No step may be running."""
    wrong = _misplaced(player_ids, moment)
    pipeline = client(timeout_seconds=TIMEOUT_SECONDS).pipeline(transaction=False)
    for drift in drifts:
        everywhere = Board(drift.scope_id, drift.window, drift.opened_on)
        region = drift.stored.region if drift.stored else None
        for board in in_every_order([everywhere, replace(everywhere, region=region)]):
            pipeline.zrem(board_sets.key_of(board), drift.player_id.bytes)
    board_sets.write_scores(pipeline, board_sets.scores_of(_stored(player_ids, moment)))
    pipeline.execute()
    return len(set().union(*wrong.values()))


def _sizes(scope_id: UUID, moment: datetime) -> dict[Board, int]:
    """Return the expected number of players of each of a scope's boards. One scan of the scope's standings."""
    allow_long_statements()
    with connection.cursor() as cursor:
        cursor.execute(_SIZES, {"scope_id": scope_id, **retained_bounds(moment)})
        found = {Board(scope_id, Window(row[0]), row[1], row[2]): row[3] for row in cursor.fetchall()}
    return board_sizes.in_every_order(found)


def _is_size_right(redis: Client, board: Board, moment: datetime, *, is_dry: bool) -> bool:
    """Whether a board's size matches the standings while no step is running; corrects the stored size."""
    with transaction.atomic():
        wait_for_steps()
        count = count_of_places(board)
        if not is_dry:
            board_sizes.correct({board: count}, moment)
        return _size(redis, board) == count


def _size(redis: Client, board: Board) -> int:
    return int(redis.zcard(board_sets.key_of(board)))
