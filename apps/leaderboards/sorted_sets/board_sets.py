"""Boards as sorted sets in Redis: scores ascending from the best, members the 16 bytes of a player's id."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from apps.core.ids import id_of
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

# Places on any number of boards, each with who stands around it: as a script, so that the second read of a place needs
# no answer of the first, and so that many cost one command. KEYS: the built marker, the lost boards, then the board of
# each place. ARGV, four for each: the board's name, the player, how many places above and below. Returns nothing unless
# boards are built, and for each place: nothing if its board is lost, else its size, and then, if the player is there,
# their index and the entries.
_AROUND = """
if redis.call('EXISTS', KEYS[1]) == 0 then return {} end
local found = {}
for number = 3, #KEYS do
    local name, member, above, below = unpack(ARGV, 4 * number - 11, 4 * number - 8)
    local place = {}
    if redis.call('SISMEMBER', KEYS[2], name) == 0 then
        place[1] = redis.call('ZCARD', KEYS[number])
        local index = redis.call('ZRANK', KEYS[number], member)
        if index then
            place[2] = index
            place[3] = redis.call('ZRANGE', KEYS[number], math.max(0, index - above), index + below, 'WITHSCORES')
        end
    end
    found[#found + 1] = place
end
return found
"""

Scores = dict[Board, dict[bytes, int]]
_Place = tuple[UUID, Window, date, str]


def aside(rebuild_id: UUID) -> str:
    """Return the key space that a rebuild builds in."""
    return f"board-aside-{rebuild_id.hex}"


class BoardsMissingError(Exception):
    """Redis responds, but has no trustworthy boards."""


class Ranked(NamedTuple):
    """An entry with its rank, from 1."""

    rank: int
    entry: BoardEntry


class Around(NamedTuple):
    """A player on a board, and how many places above and below are wanted."""

    board: Board
    player_id: UUID
    reach: int


class Surrounding(NamedTuple):
    """A board's size, a player's rank, and the places around them, theirs included: none for who is not on the board.

    There is one above theirs, where they are not the first, also for a reach of 0.
    """

    total: int
    rank: int
    ranked: list[Ranked]


NOWHERE = Surrounding(0, 0, [])


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


def around(client: Client, wanted: Around) -> Surrounding:
    """Return the places around a player. One round trip. Raises: BoardsMissingError."""
    (found,) = around_each(client, [wanted])
    if found is None:
        raise BoardsMissingError
    return found


def around_each(client: Client, wanted: Sequence[Around]) -> list[Surrounding | None]:
    """Return the places around each player; None for boards that can't be trusted. One round trip for any number."""
    return surroundings(wanted, read_around(client, [(key_of(item.board), item) for item in wanted]))


def read_around(redis: Client | Pipeline, wanted: Sequence[tuple[str, Around]]) -> Any:
    """Read what `surroundings` evaluates from these keys, or queue that."""
    keys = [BUILT_KEY, LOST_KEY, *(key for key, _ in wanted)]
    values: list[str | bytes] = []
    for _, item in wanted:
        values += item.board.name, item.player_id.bytes, str(max(item.reach, 1)), str(item.reach)
    return redis.eval(_AROUND, len(keys), *keys, *values)


def surroundings(wanted: Sequence[Around], found: Sequence[Sequence[Any]]) -> list[Surrounding | None]:
    """Return what a read_around found; None for boards that can't be trusted."""
    return [_surrounding(item, *place) for item, place in zip(wanted, found or [()] * len(wanted), strict=True)]


def _surrounding(
    wanted: Around, total: int | None = None, index: int = -1, flat: Sequence[bytes] = ()
) -> Surrounding | None:
    if total is None:
        return None
    entries = entries_of(wanted.board.order, zip(flat[::2], map(float, flat[1::2]), strict=True))
    return Surrounding(total, index + 1, ranked_from(max(0, index - max(wanted.reach, 1)), entries))


def keys_in(client: Client, space: str) -> list[bytes]:
    """Return every board key in a space."""
    return list(client.scan_iter(match=f"{space}:*", count=1000))


def entries_of(order: Order, entries: Iterable[tuple[bytes, float]]) -> list[BoardEntry]:
    """Decode members and their scores."""
    return [BoardEntry(id_of(member), *order.points_and_time(score)) for member, score in entries]


def ranked_from(offset: int, entries: Iterable[BoardEntry]) -> list[Ranked]:
    """Return consecutive entries from `offset` (0 is the best) with their ranks."""
    return [Ranked(offset + number, entry) for number, entry in enumerate(entries, start=1)]
