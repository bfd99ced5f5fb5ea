"""Whether boards are read from Redis, for the health page."""

from django.utils.translation import gettext, gettext_lazy

from apps.core.operations.health import Finding, health_check
from apps.core.redis.client import RedisError
from apps.leaderboards.repair import lost_boards, rebuild
from apps.leaderboards.sorted_sets import state


@health_check("boards", gettext_lazy("Leaderboards"))
def check_boards() -> Finding:
    """Without boards in Redis they are served from PostgreSQL: slower, but correct."""
    is_rebuilding = state.read_state().rebuild_id is not None
    try:
        is_needed, lost_count = rebuild.is_rebuild_needed(), lost_boards.count_of_lost()
    except (RedisError, OSError):
        return Finding("degraded", gettext("Redis is down; served from PostgreSQL meanwhile."))
    if lost_count:
        return Finding(
            "degraded",
            gettext("{count} being repaired; served from PostgreSQL until then.").format(count=lost_count),
        )
    if is_rebuilding:
        return Finding("degraded", gettext("Being rebuilt; served from PostgreSQL until then."))
    if is_needed:
        return Finding("degraded", gettext("Waiting to be rebuilt; served from PostgreSQL meanwhile."))
    return Finding("up", gettext("Built."))
