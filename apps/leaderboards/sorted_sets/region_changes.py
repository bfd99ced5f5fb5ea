"""Moves a player who changed region: all their standings, and their entries between regional boards."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import connection

from apps.leaderboards.boards.board import Board
from apps.leaderboards.kinds import ORDERS
from apps.leaderboards.models import Window
from apps.leaderboards.sorted_sets.board_sets import Scores
from apps.leaderboards.standings.board_sizes import APPEND
from apps.leaderboards.standings.standing_rows import PlayerStanding

_MOVE = f"""
WITH moved AS (
UPDATE standing s SET region = p.region
FROM player p, (
    SELECT player_id, scope_id, "window", opened_on, region FROM standing
    WHERE player_id = ANY (%(player_ids)s) ORDER BY 1, 2, 3, 4 FOR UPDATE) old
WHERE p.id = s.player_id AND s.player_id = ANY (%(player_ids)s) AND s.region <> p.region
    AND old.player_id = s.player_id AND old.scope_id = s.scope_id AND old."window" = s."window"
    AND old.opened_on = s.opened_on
RETURNING old.region AS from_region, s.player_id, s.scope_id, s."window", s.opened_on, s.region, s.points,
    s.unlock_count, s.reached_at
), resized AS (
{APPEND}
SELECT scope_id, "window", opened_on, r.region, sum(r.change)
FROM moved CROSS JOIN LATERAL (VALUES (from_region, -1), (region, 1)) AS r (region, change)
WHERE points > 0 GROUP BY 1, 2, 3, 4
)
SELECT * FROM moved WHERE points > 0
"""  # noqa: S608 - put together from constants


@dataclass(frozen=True, slots=True)
class RegionMove:
    """A standing in its new region, with the old one."""

    from_region: str
    standing: PlayerStanding


def move_standings(player_ids: list[UUID]) -> list[RegionMove]:
    """Set the players' standings to their current region; return those on boards that changed.

    Call while no other step is running. Idempotent.
    """
    with connection.cursor() as cursor:
        cursor.execute(_MOVE, {"player_ids": player_ids})
        return [
            RegionMove(row[0], PlayerStanding(row[1], row[2], Window(row[3]), *row[4:])) for row in cursor.fetchall()
        ]


def scores_of_left(moved: Sequence[RegionMove]) -> Scores:
    """Return the entries to remove from the old regions' boards."""
    return _scores([(item.from_region, item.standing) for item in moved])


def scores_of_entered(moved: Sequence[RegionMove]) -> Scores:
    """Return the entries to add to the new regions' boards."""
    return _scores([(item.standing.region, item.standing) for item in moved])


def _scores(pairs: list[tuple[str, PlayerStanding]]) -> Scores:
    scores: Scores = defaultdict(dict)
    for region, item in pairs:
        for order in ORDERS.values():
            board = Board(item.scope_id, item.window, item.opened_on, region, order)
            scores[board][item.player_id.bytes] = order.score_of(item.points, item.reached_at)
    return scores
