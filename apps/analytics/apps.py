"""The analytics app; its subscribers join the relay when Django is ready."""

from django.apps import AppConfig


class AnalyticsConfig(AppConfig):
    name = "apps.analytics"

    def ready(self) -> None:
        from apps.analytics import scheduled, subscribers  # noqa: F401 - importing them registers what they hold
