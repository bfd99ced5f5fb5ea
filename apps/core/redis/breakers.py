"""The breakers in front of Redis: one for calls of our own, and one a server for Django's caches and for replicas."""

from functools import cache

from apps.core.circuit_breakers import Breaker

# The longest pause between two trials: during an outage one caller every two seconds waits 100 ms.
CACHE_PAUSE_SECONDS = 2.0

breaker = Breaker("redis")


@cache
def cache_breaker(server: str) -> Breaker:
    """Return the breaker of the server at this host and port, shared by its databases."""
    return Breaker(f"cache {server}", pause_seconds_max=CACHE_PAUSE_SECONDS)
