"""Detects who was overtaken on a board that they follow: the players just passed, among the nearest few."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from apps.core.redis.client import Client
from apps.leaderboards.boards.board import Board, current_board
from apps.leaderboards.boards.modes import game_of
from apps.leaderboards.events import RankOvertaken
from apps.leaderboards.models import Window
from apps.leaderboards.sorted_sets.board_sets import BUILT_KEY, Scores, key_of
from apps.players.querysets import seen_sql

# Only this many ranks below the new one count: players further down are no rivals, and the cost stays bounded.
NEAR = 25

# Four index look-ups per scope, for any number of followers. Unpublished games show no boards, nor do those without
# modes in hardcore.
_FOLLOWED = """
SELECT s.scope_id, w."window" FROM unnest(%s::uuid[], %s::uuid[]) AS s (scope_id, game_id)
CROSS JOIN (VALUES ('all'), ('month'), ('week'), ('day')) AS w ("window")
WHERE EXISTS (SELECT FROM board_follow f WHERE f.scope_id = s.scope_id AND f."window" = w."window")
    AND NOT EXISTS (
        SELECT FROM game g WHERE g.id = s.game_id AND NOT (g.is_published AND (g.id = s.scope_id OR g.has_modes)))
"""
_STANDINGS = """
SELECT t.scope_id, t."window", t.player_id, t.points, t.reached_at
FROM unnest(%s::uuid[], %s::text[], %s::date[]) AS b (scope_id, "window", opened_on)
CROSS JOIN unnest(%s::uuid[]) AS p (player_id)
JOIN standing t ON t.player_id = p.player_id AND t.scope_id = b.scope_id AND t."window" = b."window"
    AND t.opened_on = b.opened_on AND t.points > 0
"""
# A rival must be visible to the notified player.
_FOLLOWERS = f"""
SELECT p.scope_id, p."window", p.player_id, p.rival_id, p.rival_rank
FROM unnest(%s::uuid[], %s::text[], %s::uuid[], %s::uuid[], %s::bigint[])
    AS p (scope_id, "window", player_id, rival_id, rival_rank)
JOIN board_follow f ON f.scope_id = p.scope_id AND f."window" = p."window" AND f.player_id = p.player_id
JOIN player r ON r.id = p.rival_id AND {seen_sql("r", "p.player_id")}
WHERE NOT EXISTS (SELECT FROM block b WHERE b.blocker_id = p.player_id AND b.blocked_id = p.rival_id)
"""  # noqa: S608 - put together from constants


@dataclass(frozen=True, slots=True)
class Before:
    """The followed boards that players are about to move on, and their scores before, by member."""

    boards: list[Board]
    scores: Scores
    moment: datetime


@dataclass(frozen=True, slots=True)
class _Passing:
    """A player who was passed."""

    board: Board
    player_id: UUID
    rival_id: UUID
    rival_rank: int


def scores_before(player_ids: Iterable[UUID], scope_ids: Collection[UUID], moment: datetime) -> Before | None:
    """Return the state to compare with afterwards, or None when nobody follows these boards. At most two queries."""
    with connection.cursor() as cursor:
        cursor.execute(_FOLLOWED, [list(scope_ids), list(map(game_of, scope_ids))])
        boards = [current_board(scope_id, Window(window), None, moment) for scope_id, window in cursor.fetchall()]
        if not boards:
            return None
        cursor.execute(_STANDINGS, [*_columns(boards), list(set(player_ids))])
        rows = cursor.fetchall()
    scores: Scores = {board: {} for board in boards}
    by_scope = {(board.scope_id, board.window.value): board for board in boards}
    for scope_id, window, player_id, points, reached_at in rows:
        board = by_scope[scope_id, window]
        scores[board][player_id.bytes] = board.order.score_of(points, reached_at)
    return Before(boards, scores, moment)


def overtaken(client: Client, before: Before, after: Scores) -> list[RankOvertaken]:
    """Return an event for each follower of a board who was passed. Two round trips, then one query.

    `after` are the scores just written. Boards that Redis has lost notify nobody: their ranks are wrong until rebuilt.
    Raises: RedisError.
    """
    moved = [(board, member) for board in before.boards for member in after.get(board, {})]
    pipeline = client.pipeline(transaction=False)
    for board, member in moved:
        pipeline.zrank(key_of(board), member)
    pipeline.exists(BUILT_KEY)
    *ranks, is_built = pipeline.execute()
    # After a flush since the scores were written, a member has no rank.
    if not is_built or None in ranks:
        return []
    for (board, _), rank in zip(moved, ranks, strict=True):
        pipeline.zrange(key_of(board), rank + 1, rank + NEAR, withscores=True)
    passings = [
        _Passing(board, other, UUID(bytes=member), rank + 1)
        for (board, member), rank, entries in zip(moved, ranks, pipeline.execute(), strict=True)
        for other in _passed(before.scores[board], after[board], member, entries)
    ]
    return _of_followers(passings, before.moment) if passings else []


def _passed(
    old: Mapping[bytes, int], moved: Collection[bytes], member: bytes, entries: Sequence[tuple[bytes, float]]
) -> Iterator[UUID]:
    """Yield players who are below the member now and were above before; lower scores are ahead, then lower ids."""
    own = old.get(member)
    for other, score in entries:
        # Players who moved in the same step are compared by their old rank; new ones had none.
        theirs = old.get(other) if other in moved else score
        if theirs is not None and (own is None or (theirs, other) < (own, member)):
            yield UUID(bytes=other)


def _of_followers(passings: Sequence[_Passing], moment: datetime) -> list[RankOvertaken]:
    columns: list[Any] = [
        [item.board.scope_id for item in passings],
        [item.board.window.value for item in passings],
        [item.player_id for item in passings],
        [item.rival_id for item in passings],
        [item.rival_rank for item in passings],
    ]
    with connection.cursor() as cursor:
        cursor.execute(_FOLLOWERS, columns)
        return [
            RankOvertaken(player_id, rival_id, scope_id, window, rank, moment)
            for scope_id, window, player_id, rival_id, rank in cursor.fetchall()
        ]


def _columns(boards: Sequence[Board]) -> list[list[object]]:
    return [
        [board.scope_id for board in boards],
        [board.window.value for board in boards],
        [board.opened_on for board in boards],
    ]
