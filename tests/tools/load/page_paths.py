"""Where pages are that the bench reads: the demo game's, and its players' profiles."""

from collections.abc import Sequence

import psycopg

from tests.tools.load.stack_bench import Bench


def game_paths(bench: Bench) -> list[str]:
    """Return the path of the demo game's page alone."""
    return _paths(bench, "SELECT '/games/' || slug || '/' FROM game WHERE id = %s", bench.game_scope)


def profile_paths(bench: Bench, player_ids: Sequence[str]) -> list[str]:
    """Return the paths of these players' profiles."""
    query = "SELECT '/players/' || handle || '/' FROM player WHERE id = ANY (%s::uuid[]) ORDER BY id"
    return _paths(bench, query, list(player_ids))


def _paths(bench: Bench, query: str, chosen: object) -> list[str]:
    with psycopg.connect(bench.stack.database_url, autocommit=True) as connection:
        return [row[0] for row in connection.execute(query.encode(), [chosen]).fetchall()]
