"""The analytics app; its subscribers join the relay when Django is ready."""

from django.apps import AppConfig


class AnalyticsConfig(AppConfig):
    name = "apps.analytics"

    def ready(self) -> None:
        from apps.analytics import subscribers  # noqa: F401 - importing it subscribes
