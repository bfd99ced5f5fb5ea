"""Running counts in PostgreSQL: exact, as they change in the transaction that updates the standings.

The number of a game's players is not counted here, but with the standings, in leaderboards.
"""

from collections.abc import Mapping
from uuid import UUID

from django.db import connection

_ADD = """
INSERT INTO {table} AS c ({key}, unlock_count)
SELECT * FROM unnest(%s::uuid[], %s::bigint[]) ORDER BY 1
ON CONFLICT ({key}) DO UPDATE SET unlock_count = c.unlock_count + EXCLUDED.unlock_count
"""
ADD_TO_ACHIEVEMENTS = _ADD.format(table="achievement_counter", key="achievement_id")
ADD_TO_GAMES = _ADD.format(table="game_counter", key="game_id")


def add(*, per_achievement: Mapping[UUID, int], per_game: Mapping[UUID, int]) -> None:
    """Add to the unlock counts, in key order so that concurrent relays never deadlock."""
    with connection.cursor() as cursor:
        for statement, counts in ((ADD_TO_ACHIEVEMENTS, per_achievement), (ADD_TO_GAMES, per_game)):
            cursor.execute(statement, [list(counts), list(counts.values())])
