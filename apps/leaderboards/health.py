"""Whether boards are read from Redis, for the health page."""

from apps.core.health import Finding, health_check
from apps.core.redis import RedisError
from apps.leaderboards import rebuild, state


@health_check("boards")
def check_boards() -> Finding:
    """Without boards in Redis they are served from PostgreSQL: slower, and just as right."""
    if state.read_state().rebuild_id is not None:
        return Finding("degraded", "Being rebuilt; served from PostgreSQL meanwhile.")
    try:
        is_needed = rebuild.is_rebuild_needed()
    except (RedisError, OSError):
        return Finding("degraded", "Redis is away; served from PostgreSQL meanwhile.")
    if is_needed:
        return Finding("degraded", "Waiting to be rebuilt; served from PostgreSQL meanwhile.")
    return Finding("up", "Built.")
