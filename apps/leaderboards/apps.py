"""The leaderboards app; its subscribers join the relay when Django is ready."""

from django.apps import AppConfig


class LeaderboardsConfig(AppConfig):
    name = "apps.leaderboards"

    def ready(self) -> None:
        # Their import registers what they hold.
        from apps.leaderboards import health, metrics, scheduled, subscribers
