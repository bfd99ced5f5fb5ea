"""The points board: most points first; of equals, who reached them first; of those, the lower player id.

A sorted set's score is a double, exact below 2**53: 21 bits of points above 32 bits of whole seconds. Ascending order
is best first, and equal scores fall back to the member's bytes, which order as PostgreSQL orders the ids.
"""

from datetime import UTC, datetime

SECONDS_SPAN = 2**32
# Totals above this rank as equals of it; no scope comes near (1,000 games of 1,000 points are half of it).
POINTS_MAX = 2**21 - 1


def score_of(points: int, reached_at: datetime) -> int:
    """Return the score, lower being better; `reached_at` counts in whole seconds since 1970."""
    return score_at(points, int(reached_at.timestamp()))


def score_at(points: int, reached_second: int) -> int:
    """Return the score as score_of does, of a time in whole seconds since 1970."""
    return reached_second - min(points, POINTS_MAX) * SECONDS_SPAN


def points_and_time(score: float) -> tuple[int, datetime]:
    """Return what a score was made of."""
    points, seconds = divmod(int(score), SECONDS_SPAN)
    return -points, datetime.fromtimestamp(seconds, UTC)
