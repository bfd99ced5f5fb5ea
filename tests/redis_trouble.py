"""The tests' Redis while it is frozen, or full and refuses writes, before clients as shipped."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.cache import caches

from apps.core.operations import health
from apps.core.redis import client as redis
from apps.core.redis.breakers import cache_breaker
from apps.core.redis.cache_backends import FallbackCache


class Trouble:
    """The fault, brought about by being called."""

    def __init__(self, fault: str) -> None:
        self.fault = fault
        self.server = redis.client()
        self.pid = int(self.server.info("server")["process_id"])

    def __call__(self) -> None:
        if self.fault == "frozen":
            os.kill(self.pid, signal.SIGSTOP)
        else:
            self.server.config_set("maxmemory", 1)

    def thaw(self) -> None:
        os.kill(self.pid, signal.SIGCONT)

    def end(self) -> None:
        self.thaw()
        self.server.config_set("maxmemory", 0)
        cache_breaker.cache_clear()
        FallbackCache.alone_until = 0.0


@contextmanager
def trouble_ahead(fault: str, settings: Any) -> Iterator[Trouble]:
    """Give the fault, for clients with the short time-out, and end it."""
    trouble = Trouble(fault)
    # Clients with the short time-out, made anew.
    shipped = dict.fromkeys(("SOCKET_TIMEOUT", "SOCKET_CONNECT_TIMEOUT"), 0.1)
    settings.CACHES = {
        alias: {**cache, "OPTIONS": {**cache["OPTIONS"], **shipped}} for alias, cache in settings.CACHES.items()
    }
    redis.client.cache_clear()
    caches["default"].alone.clear()  # type: ignore[attr-defined]
    yield trouble
    trouble.end()
    redis.client.cache_clear()
    health._running.clear()
