"""Rebuilds boards from PostgreSQL while they are read and written: built in a separate key space, then swapped in."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from time import monotonic
from uuid import UUID

import structlog
from django.db import transaction

from apps.core.background.relay import wait_for_steps
from apps.core.clock import now
from apps.core.ids import new_id
from apps.core.redis.client import Client, RedisError, client, value_of
from apps.leaderboards.boards.board import Board, board_of
from apps.leaderboards.boards.page_versions import drop_pages
from apps.leaderboards.kinds import ORDERS
from apps.leaderboards.kinds.order import Order
from apps.leaderboards.models import Window
from apps.leaderboards.sorted_sets import board_sets, multi_region, state
from apps.leaderboards.standings import board_sizes
from apps.leaderboards.standings.standing_rows import chunks_of_scope, scopes_and_windows

log = structlog.get_logger(__name__)

ATTEMPTS_MAX = 5
RENAMES_AT_ONCE = 500
# A chunk of 5,000 entries is 10,000 members, which a busy server takes a while to write.
TIMEOUT_SECONDS = 5.0
# Well within the lease; renewing with every chunk was a tenth of a rebuild of many small boards.
RENEW_SECONDS = 1.0

Progress = Callable[[int], None]
# (region, 16 bytes of player id, points, second reached), as chunks_of_scope reads them.
_Chunk = Sequence[tuple[str, bytes, int, int]]


class RebuildUnderWayError(Exception):
    """Another process is rebuilding the boards."""


class RebuildInterruptedError(Exception):
    """Redis was flushed, restarted or unavailable during the rebuild."""


@dataclass(frozen=True, slots=True)
class _Job:
    """One rebuild: of all boards, of one scope's, or of a given set."""

    id: UUID
    redis: Client
    scope_id: UUID | None
    boards: frozenset[Board]

    @property
    def is_whole(self) -> bool:
        return self.scope_id is None and not self.boards

    @property
    def space(self) -> str:
        return board_sets.aside(self.id)

    @property
    def marker(self) -> str:
        return f"boards:rebuild:{self.id.hex}"

    def concerns(self, board: Board) -> bool:
        """Whether this job rebuilds the board."""
        return board in self.boards if self.boards else self.scope_id in {None, board.scope_id}

    def windows(self) -> Iterator[tuple[UUID, Window, date]]:
        """Yield the scopes and windows to read."""
        if self.boards:
            yield from sorted({(board.scope_id, board.window, board.opened_on) for board in self.boards})
            return
        yield from (found for found in scopes_and_windows() if self.scope_id in {None, found[0]})

    def keys_in(self, space: str) -> dict[Board, bytes]:
        """Return the keys of this job's boards in a key space."""
        found = {board_of(key.decode().partition(":")[2]): key for key in board_sets.keys_in(self.redis, space)}
        return {board: key for board, key in found.items() if board and self.concerns(board)}


def run_id(redis: Client) -> str:
    """Return a Redis server's run id, which changes with each restart."""
    return str(redis.info("server")["run_id"])


def is_rebuild_needed() -> bool:
    """Return whether Redis lacks boards, holds a former server's, or missed a write. Raises: RedisError."""
    redis = client(timeout_seconds=1.0)
    built = value_of(redis, board_sets.BUILT_KEY)
    return built is None or built.decode() != run_id(redis) or state.read_state().is_stale


def rebuild_boards(
    *, scope_id: UUID | None = None, boards: Collection[Board] = (), progress: Progress = lambda entries: None
) -> int:
    """Rebuild all boards (or one scope's, or a given set) from the standings and return the number of entries written.

    Reads and the relay continue. `progress` is called with the number of entries after each chunk. A flush or a missed
    write during the build restarts it. Raises: RebuildUnderWayError, RebuildInterruptedError, RedisError.
    """
    for _ in range(ATTEMPTS_MAX):
        job = _Job(new_id(), client(timeout_seconds=TIMEOUT_SECONDS), scope_id, frozenset(boards))
        if not state.claim_rebuild(job.id):
            raise RebuildUnderWayError
        is_done = False
        try:
            places = _build(job, progress)
            is_done = _swap(job)
        finally:
            _end(job, is_done=is_done)
        if is_done:
            return places
        log.warning("boards.rebuild_restarted")
    raise RebuildInterruptedError


def _end(job: _Job, *, is_done: bool) -> None:
    if is_done:
        state.complete(job.id)
        return
    state.release(job.id)
    if job.is_whole:
        state.mark_stale()


def _build(job: _Job, progress: Progress) -> int:
    if job.is_whole:
        # The current boards can't be trusted, or there would be no rebuild: readers use PostgreSQL until the swap.
        job.redis.delete(board_sets.BUILT_KEY)
    job.redis.set(job.marker, run_id(job.redis), ex=24 * 3600)
    with transaction.atomic():
        # Steps that began before claim_rebuild write only the live boards; they must have ended before we read.
        wait_for_steps()
    places, renewed = 0, monotonic()
    for scope_id, window, opened in job.windows():
        for chunk in chunks_of_scope(scope_id, window, opened):
            _write(job, chunk, scope_id, window, opened)
            places += len(chunk)
            progress(len(chunk))
            if monotonic() - renewed > RENEW_SECONDS:
                state.renew_lease(job.id)
                renewed = monotonic()
    return places


def _write(job: _Job, chunk: _Chunk, scope: UUID, window: Window, opened: date) -> None:
    scores = {
        Board(scope, window, opened, region, order): members
        for order in ORDERS.values()
        for region, members in _scores_by_region(chunk, order).items()
    }
    scores = {board: members for board, members in scores.items() if job.concerns(board)}
    pipeline = job.redis.pipeline(transaction=False)
    # Existing members were written by a relay, after our snapshot.
    board_sets.write_scores(pipeline, scores, space=job.space, only_new=True)
    pipeline.execute()


def _scores_by_region(chunk: _Chunk, order: Order) -> dict[str | None, dict[bytes, int]]:
    """Return the chunk's scores for the board of everyone (None) and of each region."""
    # One Board per region instead of two per entry: constructing and comparing those was two thirds of a rebuild.
    everywhere: dict[bytes, int] = {}
    by_region: dict[str | None, dict[bytes, int]] = defaultdict(dict, {None: everywhere})
    score_at = order.score_at
    for region, member, points, reached_second in chunk:
        everywhere[member] = by_region[region][member] = score_at(points, reached_second)
    return by_region


def _swap(job: _Job) -> bool:
    """Replace the live boards with the new ones; False when something was lost during the build."""
    with transaction.atomic():
        wait_for_steps()
        is_stale = state.renew_lease(job.id)
        marker = value_of(job.redis, job.marker)
        if is_stale is not False or marker is None or marker.decode() != run_id(job.redis):
            return False
        built, live = job.keys_in(job.space), job.keys_in(board_sets.LIVE)
        _in_chunks(job.redis, [("rename", key, board_sets.key_of(board)) for board, key in built.items()])
        _in_chunks(job.redis, [("unlink", key) for board, key in live.items() if board not in built])
        _settle(job, built)
        if job.is_whole:
            job.redis.set(board_sets.BUILT_KEY, run_id(job.redis))
    _sweep(job)
    return True


def _settle(job: _Job, built: Collection[Board]) -> None:
    """Set the sizes to those built from the standings, and drop caches of boards that were lost."""
    moment = now()
    concerned = (
        set(built) | set(job.boards) | {board for board in board_sizes.expected_sizes(moment) if job.concerns(board)}
    )
    board_sizes.correct(board_sets.sizes_of(job.redis, list(concerned)), moment)
    if job.is_whole:
        job.redis.delete(board_sets.LOST_KEY)
    elif lost := [board for board in concerned if job.redis.sismember(board_sets.LOST_KEY, board.name)]:
        job.redis.srem(board_sets.LOST_KEY, *(board.name for board in lost))
        drop_caches(job.redis, lost)


def drop_caches(redis: Client, boards: Collection[Board]) -> None:
    """Drop cached pages of boards, and cached unions of them."""
    drop_pages(redis, boards)
    multi_region.drop_unions(redis, boards)


def _in_chunks(redis: Client, commands: list[tuple[str | bytes, ...]]) -> None:
    for start in range(0, len(commands), RENAMES_AT_ONCE):
        pipeline = redis.pipeline(transaction=True)
        for command in commands[start : start + RENAMES_AT_ONCE]:
            pipeline.execute_command(*command)
        pipeline.execute()


def _sweep(job: _Job) -> None:
    """Drop keys that this and any interrupted rebuild left behind."""
    try:
        left = board_sets.keys_in(job.redis, "board-aside-*")
        _in_chunks(job.redis, [("unlink", key) for key in left])
        job.redis.delete(job.marker)
    except RedisError:
        log.warning("boards.sweep_failed")
