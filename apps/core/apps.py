"""The shared kernel, independent of all other apps."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "apps.core"

    def ready(self) -> None:
        # Their import registers what they hold.
        from apps.core import scheduled
        from apps.core.api.wire import paths
        from apps.core.background import dispatcher
        from apps.core.database import checks
        from apps.core.operations import health_checks
        from apps.core.realtime import checks as channel_layer_checks

        # Before any URLs are loaded.
        paths.register()
