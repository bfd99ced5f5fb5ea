"""The leaderboards app; its subscribers join the relay when Django is ready."""

from django.apps import AppConfig


class LeaderboardsConfig(AppConfig):
    name = "apps.leaderboards"

    def ready(self) -> None:
        # Importing them registers what they hold.
        from apps.leaderboards import health, metrics, scheduled, subscribers
