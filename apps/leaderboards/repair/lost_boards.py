"""Incomplete boards in Redis: detected by their size, read from PostgreSQL until repaired, and rebuilt individually.

Checked every twenty seconds without a lock. A running relay step makes sizes differ briefly, so only a board that
differs in two checks is checked again while no step is running.
"""

from collections.abc import Collection, Mapping
from datetime import datetime

import structlog
from django.db import transaction

from apps.core.background.relay import wait_for_steps
from apps.core.redis.client import client, members_of
from apps.leaderboards.boards.board import Board, board_of
from apps.leaderboards.repair.rebuild import Progress, drop_caches, rebuild_boards
from apps.leaderboards.sorted_sets import board_sets, state
from apps.leaderboards.standings import board_sizes

log = structlog.get_logger(__name__)

TIMEOUT_SECONDS = 5.0
# Two checks and the repair take under a minute.
CHECK_SECONDS = 20
TURN_KEY = "boards:look"
# Names of boards that differed in the last check, by whichever relay made it.
SUSPECTS_KEY = "boards:suspects"


def is_my_turn() -> bool:
    """Whether this relay checks this time; the others skip it."""
    return bool(client(timeout_seconds=TIMEOUT_SECONDS).set(TURN_KEY, b"1", nx=True, ex=CHECK_SECONDS - 1))


def check(moment: datetime, progress: Progress = lambda entries: None) -> set[Board]:
    """Compare every board's size with the expected one; return the boards that were lost and have been repaired.

    Cost: a row of `board_size` and a ZCARD per board, 0.35 s for 18,000; standings are read only for repairs.
    Raises: RedisError, RebuildUnderWayError, RebuildInterruptedError.
    """
    if not are_boards_there():
        return set()
    board_sizes.fold()
    suspects, known = _differing(board_sizes.expected_sizes(moment)), _named_in(board_sets.LOST_KEY)
    lost = known | confirm_lost((suspects & _named_in(SUSPECTS_KEY)) - known, moment)
    _remember(suspects)
    repair(lost, progress)
    return lost


def count_of_lost() -> int:
    """Return the number of lost boards not repaired yet. Raises: RedisError."""
    return int(client(timeout_seconds=TIMEOUT_SECONDS).scard(board_sets.LOST_KEY))


def are_boards_there() -> bool:
    """Whether Redis has boards to compare, and none are being rebuilt."""
    current = state.read_state()
    is_built = board_sets.is_built(client(timeout_seconds=TIMEOUT_SECONDS))
    return is_built and current.rebuild_id is None and not current.is_stale


def confirm_lost(suspects: Collection[Board], moment: datetime) -> set[Board]:
    """Return those that still differ while no step is running, and mark them as lost."""
    if not suspects:
        return set()
    with transaction.atomic():
        wait_for_steps()
        expected = board_sizes.expected_sizes(moment)
        lost = _differing({board: expected.get(board, 0) for board in suspects})
        mark(lost)
    return lost


def mark(boards: Collection[Board]) -> None:
    """Make boards be read from PostgreSQL, marked degraded, until repaired."""
    if not boards:
        return
    redis = client(timeout_seconds=TIMEOUT_SECONDS)
    redis.sadd(board_sets.LOST_KEY, *(board.name for board in boards))
    drop_caches(redis, boards)
    state.count_lost(len(boards))
    log.error("boards.lost", count=len(boards), boards=sorted(board.name for board in boards)[:10])


def repair(boards: Collection[Board], progress: Progress = lambda entries: None) -> None:
    """Rebuild lost boards, and no others. Raises: RebuildUnderWayError, RebuildInterruptedError, RedisError."""
    if boards:
        rebuild_boards(boards=boards, progress=progress)
        log.warning("boards.rebuilt", count=len(boards))


def _differing(expected: Mapping[Board, int]) -> set[Board]:
    found = board_sets.sizes_of(client(timeout_seconds=TIMEOUT_SECONDS), list(expected))
    return {board for board, size in found.items() if size != expected[board]}


def _named_in(key: str) -> set[Board]:
    names = members_of(client(timeout_seconds=TIMEOUT_SECONDS), key)
    return {board for board in map(board_of, (name.decode() for name in names)) if board}


def _remember(suspects: Collection[Board]) -> None:
    pipeline = client(timeout_seconds=TIMEOUT_SECONDS).pipeline()
    pipeline.delete(SUSPECTS_KEY)
    if suspects:
        pipeline.sadd(SUSPECTS_KEY, *(board.name for board in suspects))
        pipeline.expire(SUSPECTS_KEY, 3 * CHECK_SECONDS)
    pipeline.execute()
