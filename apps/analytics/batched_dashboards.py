"""First reads of dashboards: those of the moment are read together, on the event loop's behalf."""

from apps.analytics.dashboards import WantedDashboard, dashboards
from apps.analytics.views import DashboardView, versions_of
from apps.core.parsing.values import UUID_PATTERN
from apps.games.auth.batched_reads import BatchedRead, Query
from apps.games.cache_versions import CACHED_SECONDS
from apps.players.visibility import key_game_of


def _read(query: Query) -> WantedDashboard:
    return WantedDashboard(query.ids["player_id"], key_game_of(query.caller))


dashboard = BatchedRead(
    rf"/api/v1/players/(?P<player_id>{UUID_PATTERN})/dashboard",
    DashboardView,
    read=_read,
    answer=dashboards,
    versions=lambda wanted: versions_of(wanted.player_id),
    cached_seconds=CACHED_SECONDS,
)
