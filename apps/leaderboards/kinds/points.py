"""The points board: most points first; ties by the earlier time, then by the lower player id.

A sorted set's score is a double, exact below 2**53: 21 bits of points above 32 bits of whole seconds. Ascending order
is best first, and Redis orders equal scores by the member's bytes, as PostgreSQL orders the ids.
"""

from apps.leaderboards.kinds.order import Order

SECONDS_SPAN = 2**32
# Higher totals tie at this rank; no scope comes near (1,000 games of 1,000 points are half of it).
POINTS_MAX = 2**21 - 1


def _score_at(points: int, reached_second: int) -> int:
    return reached_second - min(points, POINTS_MAX) * SECONDS_SPAN


def _totals_at(score: int) -> tuple[int, int]:
    points, reached_second = divmod(score, SECONDS_SPAN)
    return -points, reached_second


def _points_to_pass(points: int, points_ahead: int) -> int:
    # At equal points the earlier player stays ahead.
    return points_ahead - points + 1


POINTS = Order(
    key="points",
    score_at=_score_at,
    totals_at=_totals_at,
    sql="points DESC, reached_at, player_id",
    # The first part can use the index.
    ahead_sql="points >= %(points)s"
    " AND (-points, reached_at, player_id) < (-%(points)s, %(reached_at)s, %(player_id)s)",
    points_to_pass=_points_to_pass,
)
