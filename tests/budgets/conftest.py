"""Shows how PostgreSQL executes queries."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, transaction

Plans = Callable[[Callable[[], Any]], list[str]]
# Tables, not their indexes.
MONTHS = re.compile(r"player_statistics_\d{4}_\d\d(?= )")


@contextmanager
def around_a_file(blocker: Any) -> Iterator[None]:
    """A transaction around all tests of a file, whose own are savepoints in it: large tables are filled once."""
    with blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


def fill(statements: str, **values: Any) -> None:
    """Fill tables with rows that are known to be in order: no foreign key looks at them one by one."""
    with connection.cursor() as cursor:
        # What fills the tables is nobody's request, and takes what it takes.
        cursor.execute("SET LOCAL statement_timeout = 0; SET LOCAL session_replication_role = replica")
        for statement in statements.split(";\n"):
            if statement.strip():
                cursor.execute(statement, values or None)
        cursor.execute("SET LOCAL statement_timeout TO DEFAULT; SET LOCAL session_replication_role TO DEFAULT")


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
