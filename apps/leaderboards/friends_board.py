"""The board of a player and those they follow."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from apps.core.clock import now
from apps.core.redis.client import Client, RedisUnavailableError, run_with_breaker
from apps.leaderboards.board_rows import BoardRow, Shown, rows_of
from apps.leaderboards.boards.board import Board
from apps.leaderboards.sorted_sets import board_sets
from apps.leaderboards.sorted_sets.board_sets import BoardsMissingError, Ranked
from apps.leaderboards.standings import standing_rows
from apps.leaderboards.standings.standing_rows import BoardEntry
from apps.players.queries import Viewer, friends_of

# A player who follows more is ranked among this many of them.
FRIENDS_MAX = 10_000
CHUNK = 1_000


@dataclass(frozen=True, slots=True)
class FriendsPage:
    """One page of a friends' board; ranks count friends only.

    `unranked` is the viewer's row, on the last page, while they have no points; without a rank or a time.
    """

    board: Board
    is_degraded: bool
    total_players: int
    rows: list[BoardRow]
    unranked: BoardRow | None


def friends_page(board: Board, viewer_id: UUID, *, offset: int, limit: int) -> FriendsPage:
    """Return up to `limit` rows from `offset`. The viewer is always on the board; friends once they have points.

    One round trip to Redis, and two queries.
    """
    player_ids = [viewer_id, *friends_of(viewer_id)[:FRIENDS_MAX]]
    try:
        entries = run_with_breaker(lambda client: _entries(client, board, player_ids))
        is_degraded = False
    except (RedisUnavailableError, BoardsMissingError):
        entries = standing_rows.entries_of(board, player_ids)
        is_degraded = True
    entries.sort(key=lambda entry: (board.order.score_of(entry.points, entry.reached_at), entry.player_id))
    is_ranked = any(entry.player_id == viewer_id for entry in entries)
    total = len(entries) + (not is_ranked)
    ranked = board_sets.ranked_from(offset, entries[offset : offset + limit])
    is_last = offset < total <= offset + limit
    last = [] if is_ranked or not is_last else [Ranked(total, BoardEntry(viewer_id, 0, now()))]
    rows, _ = rows_of(Shown(board, [*ranked, *last], Viewer(viewer_id)))
    unranked = rows.pop() if last else None
    return FriendsPage(board, is_degraded, total, rows, unranked)


def _entries(client: Client, board: Board, player_ids: Sequence[UUID]) -> list[BoardEntry]:
    members: list[Any] = [player_id.bytes for player_id in player_ids]
    pipeline = client.pipeline(transaction=False)
    board_sets.queue_trust_reads(pipeline, [board])
    for start in range(0, len(members), CHUNK):
        pipeline.zmscore(board_sets.key_of(board), members[start : start + CHUNK])
    built, lost, *chunks = pipeline.execute()
    board_sets.check_trust(built, lost)
    scores = [score for chunk in chunks for score in chunk]
    found = [(member, score) for member, score in zip(members, scores, strict=True) if score is not None]
    return board_sets.entries_of(board.order, found)
