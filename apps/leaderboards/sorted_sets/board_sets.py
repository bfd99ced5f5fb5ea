"""Boards as sorted sets in Redis: scores ascending from the best, members the 16 bytes of a player's id."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from apps.core.redis.client import Client, Pipeline
from apps.leaderboards.boards.board import Board
from apps.leaderboards.boards.page_versions import FIRST_RANKS, HEAD_RANKS
from apps.leaderboards.boards.windows import RETENTION_AFTER_CLOSING
from apps.leaderboards.kinds import ORDERS
from apps.leaderboards.kinds.order import Order
from apps.leaderboards.models import Window
from apps.leaderboards.standings.standing_rows import BoardEntry, MovedStandings, PlayerStanding

# The run id of the Redis server that the boards were built in: gone after a flush, wrong after a restart.
BUILT_KEY = "boards:built"
# Names of incomplete boards, which are read from PostgreSQL until repaired.
LOST_KEY = "boards:lost"
LIVE = "board"
ID_BYTES = 16
BOARDS_AT_ONCE = 500

# A player's index, then who stands around them: as a script, so that the second read needs no answer of the first.
_AROUND = """
local index = redis.call('ZRANK', KEYS[1], ARGV[1])
if not index then return {} end
return {index, redis.call('ZRANGE', KEYS[1], math.max(0, index - ARGV[2]), index + ARGV[3], 'WITHSCORES')}
"""

Scores = dict[Board, dict[bytes, int]]
_Place = tuple[UUID, Window, date, str]


def aside(rebuild_id: UUID) -> str:
    """Return the key space that a rebuild builds in."""
    return f"board-aside-{rebuild_id.hex}"


class BoardsMissingError(Exception):
    """Redis responds, but has no trustworthy boards."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """An entry with its rank, from 1."""

    rank: int
    entry: BoardEntry


def key_of(board: Board, space: str = LIVE) -> str:
    return f"{space}:{board.name}"


def scores_of(standings: Iterable[PlayerStanding]) -> Scores:
    """Return the scores to write for standings: each counts on its global and its regional board, in every order."""
    scores: Scores = defaultdict(dict)
    for (scope_id, window, opened, region), rows in _by_board(standings).items():
        for order in ORDERS.values():
            entries = {item.player_id.bytes: order.score_of(item.points, item.reached_at) for item in rows}
            scores[Board(scope_id, window, opened, None, order)].update(entries)
            scores[Board(scope_id, window, opened, region, order)] = entries
    return scores


def boards_of(standings: Iterable[PlayerStanding]) -> set[Board]:
    """Return the boards that standings are on, as scores_of does."""
    return {
        Board(scope_id, window, opened, shown, order)
        for scope_id, window, opened, region in _by_board(standings)
        for shown in (None, region)
        for order in ORDERS.values()
    }


# A board made for each standing took most of what its score did.
def _by_board(standings: Iterable[PlayerStanding]) -> dict[_Place, list[PlayerStanding]]:
    found: dict[_Place, list[PlayerStanding]] = defaultdict(list)
    for item in standings:
        found[item.scope_id, item.window, item.opened_on, item.region].append(item)
    return found


def scores_of_moved(moved: Iterable[MovedStandings]) -> Scores:
    """Return the scores to write for standings given board by board, as scores_of does for single ones."""
    scores: Scores = defaultdict(dict)
    for group in moved:
        ids = [group.members[at : at + ID_BYTES] for at in range(0, len(group.members), ID_BYTES)]
        for order in ORDERS.values():
            entries = dict(zip(ids, map(order.score_at, group.points, group.reached_seconds), strict=True))
            scores[Board(group.scope_id, group.window, group.opened_on, None, order)].update(entries)
            scores[Board(group.scope_id, group.window, group.opened_on, group.region, order)] = entries
    return scores


def held_and_gone(taken: Iterable[PlayerStanding], added: Iterable[MovedStandings]) -> tuple[Scores, Scores]:
    """Return the scores that boards hold after standings were taken from, and some added to again; and those to remove.

    Only what is so in the end: of a standing that was taken off and came back there is one score.
    """
    standings = list(taken)
    held = scores_of(item for item in standings if item.is_ranked)
    for board, members in scores_of_moved(added).items():
        held[board].update(members)
    gone: Scores = defaultdict(dict)
    for board, members in scores_of(item for item in standings if not item.is_ranked).items():
        if left := {member: score for member, score in members.items() if member not in held.get(board, {})}:
            gone[board] = left
    return held, gone


def write_scores(pipeline: Pipeline, scores: Scores, *, space: str = LIVE, only_new: bool = False) -> None:
    """Queue absolute scores, so that repeating changes nothing; `only_new` skips existing members."""
    for board, members in scores.items():
        key = key_of(board, space)
        pipeline.zadd(key, members, nx=only_new)
        if closes := board.closes_at:
            pipeline.expireat(key, closes + RETENTION_AFTER_CLOSING)


def queue_reach_reads(pipeline: Pipeline, scores: Scores) -> None:
    """Queue the reads that `reach_of` evaluates, last in the pipeline."""
    for board in scores:
        for ranks in (FIRST_RANKS, HEAD_RANKS):
            pipeline.zrange(key_of(board), ranks - 1, ranks - 1, withscores=True)


def reach_of(scores: Scores, results: Sequence[Any]) -> tuple[list[Board], list[Board]]:
    """Return the boards whose first hundred ranks the scores reach, and others of which they reach the first thousand.

    `results` are the pipeline's.
    """
    lasts = results[len(results) - 2 * len(scores) :]
    first, behind = [], []
    for (board, members), hundredth, thousandth in zip(scores.items(), lasts[::2], lasts[1::2], strict=True):
        best = min(members.values())
        if not hundredth or best <= hundredth[0][1]:
            first.append(board)
        elif not thousandth or best <= thousandth[0][1]:
            behind.append(board)
    return first, behind


def remove_members(pipeline: Pipeline, scores: Scores, *, space: str = LIVE) -> None:
    """Queue removals of members, whatever their scores."""
    for board, members in scores.items():
        pipeline.zrem(key_of(board, space), *members)


def is_built(client: Client) -> bool:
    return bool(client.exists(BUILT_KEY))


def queue_trust_reads(pipeline: Pipeline, boards: Sequence[Board]) -> None:
    """Queue the two reads that `check_trust` evaluates."""
    pipeline.exists(BUILT_KEY)
    pipeline.smismember(LOST_KEY, [board.name for board in boards])


def check_trust(is_built: int, are_lost: Iterable[int]) -> None:
    """Raises: BoardsMissingError unless boards are built and none of these is lost."""
    if not is_built or any(are_lost):
        raise BoardsMissingError


def sizes_of(client: Client, boards: Sequence[Board]) -> dict[Board, int]:
    """Return the number of members of each board, some hundred boards per round trip."""
    sizes: list[int] = []
    for start in range(0, len(boards), BOARDS_AT_ONCE):
        pipeline = client.pipeline(transaction=False)
        for board in boards[start : start + BOARDS_AT_ONCE]:
            pipeline.zcard(key_of(board))
        sizes += pipeline.execute()
    return dict(zip(boards, sizes, strict=True))


def page(client: Client, board: Board, *, offset: int, limit: int) -> tuple[int, list[BoardEntry]]:
    """Return the board's size and `limit` entries from `offset`. Raises: BoardsMissingError."""
    pipeline = client.pipeline(transaction=False)
    queue_trust_reads(pipeline, [board])
    pipeline.zcard(key_of(board))
    pipeline.zrange(key_of(board), offset, offset + limit - 1, withscores=True)
    built, lost, total, entries = pipeline.execute()
    check_trust(built, lost)
    return total, entries_of(board.order, entries)


def around(client: Client, board: Board, player_id: UUID, *, reach: int) -> tuple[int, list[Ranked]] | None:
    """Return the board's size and the entries up to `reach` above and below a player, including theirs.

    None when the player is not on the board. One round trip. Raises: BoardsMissingError.
    """
    key = key_of(board)
    pipeline = client.pipeline(transaction=False)
    queue_trust_reads(pipeline, [board])
    pipeline.zcard(key)
    queue_around(pipeline, key, player_id, reach)
    built, lost, total, found = pipeline.execute()
    check_trust(built, lost)
    return (total, ranked_around(board.order, found, reach)) if found else None


def queue_around(pipeline: Pipeline, key: str, player_id: UUID, reach: int) -> None:
    """Queue the read that ranked_around evaluates: the player's index first, and nothing without one."""
    pipeline.eval(_AROUND, 1, key, player_id.bytes, str(max(reach, 1)), str(reach))


def ranked_around(order: Order, found: Sequence[Any], reach: int) -> list[Ranked]:
    """Return the places that a queue_around found, at least one of them above the player where there is one."""
    index, flat = found
    entries = zip(flat[::2], map(float, flat[1::2]), strict=True)
    return ranked_from(max(0, index - max(reach, 1)), entries_of(order, entries))


def keys_in(client: Client, space: str) -> list[bytes]:
    """Return every board key in a space."""
    return list(client.scan_iter(match=f"{space}:*", count=1000))


def entries_of(order: Order, entries: Iterable[tuple[bytes, float]]) -> list[BoardEntry]:
    """Decode members and their scores."""
    return [BoardEntry(UUID(bytes=member), *order.points_and_time(score)) for member, score in entries]


def ranked_from(offset: int, entries: Iterable[BoardEntry]) -> list[Ranked]:
    """Return consecutive entries from `offset` (0 is the best) with their ranks."""
    return [Ranked(offset + number, entry) for number, entry in enumerate(entries, start=1)]
