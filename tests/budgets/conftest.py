"""Seeing how PostgreSQL carries out what is asked of it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

Plans = Callable[[Callable[[], Any]], list[str]]


@pytest.fixture
def plans() -> Plans:
    """Run something and return the plan of every statement it ran, those inside functions included."""
    lines: list[str] = []

    def collect(message: Any) -> None:
        lines.append(message.message_primary)

    def run(work: Callable[[], Any]) -> list[str]:
        lines.clear()
        with connection.cursor() as cursor:
            cursor.execute("LOAD 'auto_explain'")
            for setting, value in (("log_min_duration", "0"), ("log_nested_statements", "on")):
                cursor.execute(f"SET auto_explain.{setting} = {value}")
            cursor.execute("SET client_min_messages = log")
        connection.connection.add_notice_handler(collect)
        try:
            work()
        finally:
            connection.connection.remove_notice_handler(collect)
            with connection.cursor() as cursor:
                cursor.execute("RESET client_min_messages")
                cursor.execute("SET auto_explain.log_min_duration = -1")
        return [line for line in lines if "plan:" in line]

    return run
