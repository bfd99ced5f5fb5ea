"""The shared kernel, independent of all other apps."""

from django.apps import AppConfig
from django.conf import settings
from django.core.cache import close_caches
from django.core.handlers.base import reset_urlconf
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, reset_queries


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
        _leave_out_signals()


def _leave_out_signals() -> None:
    """Leave out what Django does around each request and has no effect here, 5 % of a cached page."""
    # Caches' connections are pooled and stay open.
    request_finished.disconnect(close_caches)
    # Each request sets the one URLconf there is.
    request_finished.disconnect(reset_urlconf)
    # A thread's connection goes back to the pool when its request ends, so the next one finds none.
    request_started.disconnect(close_old_connections)
    if not settings.DEBUG:
        # Queries are kept for debugging only.
        request_started.disconnect(reset_queries)
