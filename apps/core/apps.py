"""The shared kernel, independent of all other apps."""

from django.apps import AppConfig
from django.core.cache import close_caches
from django.core.signals import request_finished


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
        # Caches' connections are pooled and stay open: to close nothing takes 25 Python calls a request.
        request_finished.disconnect(close_caches)
