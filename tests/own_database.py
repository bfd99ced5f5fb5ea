"""The test's own database and Redis, compared with the recomputation."""

from typing import Any

from django.db import connection

from tests.recompute import differences


def all_differences(settings: Any) -> list[str]:
    return differences(dsn_of(), settings.REDIS_URL)


def dsn_of() -> str:
    parameters = connection.get_connection_params()
    return " ".join(f"{name}={parameters[name]}" for name in ("host", "port", "dbname", "user", "password"))
