"""Boards of several regions: the union of the regional sorted sets, cached for half a minute, pages included.

A union takes the first ranks of each region only. That bounds its cost to a shared Redis: two regions take some 10 ms
and six 20 ms, where uniting two whole ones of 500,000 blocked it for 1.5 s.
"""

from collections.abc import Iterable

from apps.core.redis.client import Client, Pipeline
from apps.leaderboards.boards.board import Board
from apps.leaderboards.sorted_sets import board_sets
from apps.leaderboards.sorted_sets.board_sets import BUILT_KEY, Around, BoardsMissingError, Surrounding
from apps.leaderboards.standings.standing_rows import BoardEntry

# Pages are cached for five seconds more.
CACHE_SECONDS = 25
# Up to here a union of the first ranks equals the full union.
HEAD_RANKS = 5_000

# One script, so that of concurrent readers only the first computes the union. Returns the total number of players, or
# -1 when boards are missing. KEYS: the built marker, the union, its number of players, the regional boards.
_UNITE = """
if redis.call('EXISTS', KEYS[1]) == 0 then return -1 end
local cached = redis.call('GET', KEYS[3])
if cached then return tonumber(cached) end
local total, heads, unite = 0, {}, {KEYS[2], #KEYS - 3}
for index = 4, #KEYS do
    local head = KEYS[2] .. ':head:' .. index
    total = total + redis.call('ZCARD', KEYS[index])
    redis.call('ZRANGESTORE', head, KEYS[index], 0, ARGV[1] - 1)
    heads[#heads + 1] = head
    unite[#unite + 1] = head
end
unite[#unite + 1] = 'AGGREGATE'
unite[#unite + 1] = 'MIN'
redis.call('ZUNIONSTORE', unpack(unite))
redis.call('EXPIRE', KEYS[2], ARGV[2])
redis.call('DEL', unpack(heads))
redis.call('SET', KEYS[3], total, 'EX', ARGV[2])
return total
"""


def key_of(board: Board) -> str:
    return f"board-union:{board.name}"


def page(client: Client, board: Board, *, offset: int, limit: int) -> tuple[int, list[BoardEntry]]:
    """Return the union's size and `limit` entries from `offset`, up to HEAD_RANKS. Raises: BoardsMissingError."""
    pipeline = client.pipeline(transaction=False)
    _unite(pipeline, board)
    pipeline.zrange(key_of(board), offset, min(offset + limit, HEAD_RANKS) - 1, withscores=True)
    built, lost, total, entries = pipeline.execute()
    board_sets.check_trust(built and total >= 0, lost)
    return total, board_sets.entries_of(board.order, entries)


def around(client: Client, wanted: Around) -> Surrounding:
    """Return what board_sets.around does. Raises: BoardsMissingError, also for players behind the first ranks."""
    pipeline = client.pipeline(transaction=False)
    _unite(pipeline, wanted.board)
    board_sets.read_around(pipeline, [(key_of(wanted.board), wanted)])
    built, lost, total, places = pipeline.execute()
    board_sets.check_trust(built and total >= 0, lost)
    (found,) = board_sets.surroundings([wanted], places)
    if found is None:
        raise BoardsMissingError
    is_whole = found.total == total
    if not is_whole and (not found.rank or found.rank + wanted.reach > HEAD_RANKS):
        raise BoardsMissingError
    return found._replace(total=total)


def _unite(pipeline: Pipeline, board: Board) -> None:
    boards = board.parts
    board_sets.queue_trust_reads(pipeline, boards)
    parts = [board_sets.key_of(part) for part in boards]
    keys = [BUILT_KEY, key_of(board), f"{key_of(board)}:total", *parts]
    pipeline.eval(_UNITE, len(keys), *keys, str(HEAD_RANKS), str(CACHE_SECONDS))


def drop_unions(client: Client, boards: Iterable[Board]) -> None:
    """Drop cached unions of these boards. Cost: a scan of Redis's keys for each of their windows."""
    for pattern in {f"board-union:{board.name.rpartition(':')[0]}:*" for board in boards}:
        for key in client.scan_iter(match=pattern, count=1000):
            client.unlink(key)
