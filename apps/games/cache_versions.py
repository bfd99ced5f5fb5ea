"""The version of all games, changed with any game or achievement; data cached across games carries it."""

from apps.core.redis.cache_versions import change_versions
from apps.core.redis.client import run_with_breaker

KEY = "fresh:games"


def touch_games_now() -> None:
    """Record that a game or an achievement has changed. Raises: RedisUnavailableError."""
    run_with_breaker(lambda client: change_versions(client, [KEY]))
