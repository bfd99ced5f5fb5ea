"""The definition of an order of boards: how a player's totals become a sorted set's score, and the same in SQL."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime


# Compared by identity: boards hold their order, and are keys in every write.
@dataclass(frozen=True, slots=True, eq=False)
class Order:
    """One way to rank the players of a scope, window and region. Lower scores are ahead, then lower player ids.

    A score is a double, so only whole numbers below 2**53 are exact. It encodes both totals, so that a board's page is
    read without PostgreSQL. Times are whole seconds since 1970.
    """

    # Part of the names in Redis: never reused.
    key: str
    # The score of points and the second they were reached.
    score_at: Callable[[int, int], int]
    # Its inverse.
    totals_at: Callable[[int], tuple[int, int]]
    # ORDER BY over `standing`, with the player's id as its tail.
    sql: str
    # Condition for rows ahead of one with %(points)s, %(reached_at)s and %(player_id)s.
    ahead_sql: str
    # Points that the first total needs to pass the second; None where points don't decide.
    points_to_pass: Callable[[int, int], int | None]

    def score_of(self, points: int, reached_at: datetime) -> int:
        """Return the score as score_at does, for a datetime."""
        return self.score_at(points, int(reached_at.timestamp()))

    def points_and_time(self, score: float) -> tuple[int, datetime]:
        """Return the totals encoded in a score."""
        points, reached_second = self.totals_at(int(score))
        return points, datetime.fromtimestamp(reached_second, UTC)
