"""The shared kernel, which knows no other app."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "apps.core"

    def ready(self) -> None:
        # Importing them registers what they hold.
        from apps.core.api.wire import paths
        from apps.core.database import checks  # noqa: F401

        # Before any URLs are read.
        paths.register()
