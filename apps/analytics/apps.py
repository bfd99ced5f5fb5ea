"""The analytics app; its subscribers join the relay when Django is ready."""

from django.apps import AppConfig


class AnalyticsConfig(AppConfig):
    name = "apps.analytics"

    def ready(self) -> None:
        # Their import registers what they hold.
        from apps.analytics import scheduled, subscribers
