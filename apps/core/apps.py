"""The shared kernel, which knows no other app."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "apps.core"

    def ready(self) -> None:
        # Importing them registers what they hold.
        from apps.core import asking, health_checks, scheduled, system_checks  # noqa: F401
        from apps.core.api import paths

        # Before any URLs are read.
        paths.register()
