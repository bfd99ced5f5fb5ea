"""The version of all games: it changes when any game or achievement does; what is cached over several carries it."""

from apps.core.redis.client import attempt
from apps.core.redis.versions import change_versions

KEY = "fresh:games"


def touch_games_now() -> None:
    """Say that a game or an achievement has changed. Raises: RedisAwayError."""
    attempt(lambda client: change_versions(client, [KEY]))
