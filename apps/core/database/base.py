"""Django's PostgreSQL back end with bounded, monitored connections; DATABASES names this package."""

from time import monotonic
from typing import Any, ClassVar

import psycopg
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.postgresql import base
from psycopg import IsolationLevel
from psycopg_pool import ConnectionPool, PoolTimeout

from apps.core.database.availability import failure_detector
from apps.core.database.budgets import at_most, current_budget, spending
from apps.core.database.connections import BoundedConnection
from apps.core.database.slow_statements import log_if_slow

# For taking a connection from the pool and checking it, half a millisecond on a healthy server.
CHECKOUT_SECONDS = 1.0
# A process that starts, such as one for migrations, waits for its first connection: a busy machine is slow to make it.
FIRST_SECONDS = 15.0
# Connections that a process prepares after an outage.
READY_CONNECTIONS = 4


class DatabaseWrapper(base.DatabaseWrapper):
    """Refuses callers with a budget at once while PostgreSQL is down, and bounds the wait for a connection."""

    # Django's own, shared by all threads.
    _connection_pools: ClassVar[dict[str, ConnectionPool[BoundedConnection]]]
    _has_connected: ClassVar[bool] = False

    def __init__(self, settings_dict: dict[str, Any], alias: str = DEFAULT_DB_ALIAS) -> None:
        super().__init__(settings_dict, alias)
        if settings.STATEMENT_TIMEOUT_MS:
            self.execute_wrappers.append(log_if_slow)
        pool = settings_dict["OPTIONS"].get("pool")
        if pool:
            # A pool that can't connect fails at once; its own pauses, up to minutes, would outlast the outage.
            pool |= {"connection_class": BoundedConnection, "reconnect_timeout": 0.0}

    def get_new_connection(self, conn_params: dict[str, object]) -> object:
        budget, pool = current_budget(), self.pool
        if pool is None:
            return super().get_new_connection(conn_params)
        # As Django does it, apart from the check and the pool's time-out.
        self.isolation_level = IsolationLevel.READ_COMMITTED
        if budget is None:
            return self._wait_for_connection(pool)
        failure_detector.require(surely=budget.is_short)
        try:
            pool.open()
            with at_most(budget, CHECKOUT_SECONDS):
                return _living(pool, budget.seconds_left)
        except psycopg.OperationalError:
            failure_detector.suspect()
            raise

    def _wait_for_connection(self, pool: ConnectionPool[BoundedConnection]) -> BoundedConnection:
        """Return a live connection, of the next pool if this one is dropped. Raises: psycopg_pool.PoolTimeout."""
        deadline = monotonic() + (pool.timeout if DatabaseWrapper._has_connected else FIRST_SECONDS)
        while True:
            try:
                pool.open()
                connection = _living(pool, min(pool.timeout, deadline - monotonic()))
            except psycopg.OperationalError as error:
                successor = self.pool
                is_over = monotonic() >= deadline or not isinstance(error, PoolTimeout)
                if successor is None or (successor is pool and is_over):
                    raise
                pool = successor
            else:
                DatabaseWrapper._has_connected = True
                return connection

    def probe(self, seconds: int) -> None:
        """Connect and check the server. Raises: psycopg.Error after so many seconds."""
        params = {**self.get_connection_params(), "connect_timeout": seconds}
        with spending(seconds), BoundedConnection.connect(**params) as connection:
            connection.execute("SELECT 1")

    def check_connections(self) -> None:
        """Check idle connections, and replace dead ones; create some when there are none."""
        existing = self._connection_pools.get(self.alias)
        if existing is None and (pool := self.pool) is not None:
            # Otherwise the first requests after an outage wait for a pool that grows by one connection at a time.
            pool.open()
            pool.resize(READY_CONNECTIONS, pool.max_size)
            pool.wait(CHECKOUT_SECONDS)
        elif existing is not None and not existing.closed:
            with spending(CHECKOUT_SECONDS):
                existing.check()

    def drop_connections(self) -> None:
        """Close all connections, those in use when they are returned; the next request creates a new pool."""
        pool = self._connection_pools.pop(self.alias, None)
        if pool is not None:
            # Its workers may hang for longer than anyone wants to wait.
            pool.close(timeout=0)


def _living(pool: ConnectionPool[BoundedConnection], seconds: float) -> BoundedConnection:
    """Return a live connection, discarding broken ones. Raises: psycopg_pool.PoolTimeout."""
    deadline = monotonic() + seconds
    while True:
        connection = pool.getconn(timeout=deadline - monotonic())
        if connection.is_alive():
            return connection
        connection.close()
        pool.putconn(connection)


def _default() -> DatabaseWrapper:
    wrapper = connections[DEFAULT_DB_ALIAS]
    assert isinstance(wrapper, DatabaseWrapper)
    return wrapper


failure_detector.watch(_default)
