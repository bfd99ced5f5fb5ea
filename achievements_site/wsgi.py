"""HTTP entry point: pages with all middleware, the API, pictures and probes with a lean stack."""

import os
from collections.abc import Callable, Iterable
from typing import Any

import django
from django.core.handlers.wsgi import WSGIHandler

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "achievements_site.settings")
django.setup(set_prefix=False)

from django.conf import settings  # noqa: E402 - only after set-up

from apps.core.database.budgets import HAS_FALLBACK, REQUEST_SECONDS, SECONDS_LEFT, spending  # noqa: E402

# Pictures too: caches would store a session cookie beside "public, immutable".
LEAN_PREFIXES = ("/api/", "/media/", "/livez", "/readyz")


class LeanHandler(WSGIHandler):
    """Django's handler with settings.API_MIDDLEWARE instead of MIDDLEWARE."""

    def load_middleware(self, is_async: bool = False) -> None:
        full = settings.MIDDLEWARE
        settings.MIDDLEWARE = settings.API_MIDDLEWARE
        try:
            super().load_middleware(is_async)
        finally:
            settings.MIDDLEWARE = full


_lean, _full = LeanHandler(), WSGIHandler()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    handler = _lean if environ["PATH_INFO"].startswith(LEAN_PREFIXES) else _full
    seconds, has_fallback = environ.get(SECONDS_LEFT, REQUEST_SECONDS), environ.get(HAS_FALLBACK, False)
    with spending(seconds, has_fallback=has_fallback):
        return handler(environ, start_response)
