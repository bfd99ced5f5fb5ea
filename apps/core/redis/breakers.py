"""The breakers in front of Redis: one for calls of our own, and one a server for Django's caches and for replicas."""

from functools import cache

from apps.core.circuit_breakers import Breaker

breaker = Breaker("redis")


@cache
def cache_breaker(server: str) -> Breaker:
    """Return the breaker of the server at this host and port, shared by its databases."""
    return Breaker(f"cache {server}")
