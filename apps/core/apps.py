"""The shared kernel, which knows no other app."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "apps.core"

    def ready(self) -> None:
        from apps.core import health_checks, scheduled, system_checks  # noqa: F401 - importing them registers what they hold
