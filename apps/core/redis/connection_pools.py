"""Pools of connections, a pool for each URL and time-out; named in CACHES."""

from typing import Any

import redis
from django_redis import pool


class ConnectionFactory(pool.ConnectionFactory):
    """django-redis's, with pools apart for other time-outs: its own are one a URL, with those of whoever came first."""

    def get_or_create_connection_pool(self, params: dict[str, Any]) -> redis.ConnectionPool:
        key = f"{params['url']} {params['socket_timeout']}"
        pools: dict[str, redis.ConnectionPool] = self._pools
        if key not in pools:
            pools[key] = self.get_connection_pool(params)
        return pools[key]
