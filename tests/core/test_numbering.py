"""Numbers for the rows of a table in use: in order of creation, and whatever the migration is killed at."""

from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
from django.db import connection, transaction

from apps.core.database import numbering
from apps.core.database.numbering import Numbering
from apps.core.database.sql import fetch_column, fetch_value

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def crowd() -> Iterator[None]:
    """A table of five rows, the youngest first."""
    run("CREATE TABLE crowd (id uuid DEFAULT gen_random_uuid(), created_at timestamptz, name text)")
    run("INSERT INTO crowd SELECT gen_random_uuid(), now() - n * interval '1 day', n FROM generate_series(1, 5) n")
    yield
    run("DROP TABLE crowd")


class Killed(BaseException):
    """Nothing catches it, as nothing catches SIGKILL."""


class Mortal(Numbering):
    """Is killed before one of its statements."""

    def __init__(self, last: int) -> None:
        super().__init__(connection, "crowd", "integer")
        self._statements = count()
        self._last = last

    def _run(self, statement: str, values: Any = None) -> None:
        if next(self._statements) == self._last:
            raise Killed
        super()._run(statement, values)


def run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def numbers() -> list[tuple[str, int]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, number FROM crowd ORDER BY number")
        return cursor.fetchall()


def test_wherever_it_is_killed_a_second_run_ends_the_same(crowd: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(numbering, "ROWS_AT_ONCE", 2)
    kills = 0
    for last in count():
        try:
            Mortal(last).add()
        except Killed:
            kills += 1
            continue
        break

    run("INSERT INTO crowd (name, created_at) VALUES ('new', now())")

    assert kills == 17
    assert numbers() == [("5", 1), ("4", 2), ("3", 3), ("2", 4), ("1", 5), ("new", 6)]
    assert fetch_value("SELECT to_regclass('crowd_numbering')") is None
    constraints = "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 'crowd'::regclass ORDER BY 1"
    assert fetch_column(constraints) == ["NOT NULL number", "UNIQUE (number)"]


def test_rows_that_are_written_or_deleted_meanwhile_do_not_disturb_it(
    crowd: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(numbering, "ROWS_AT_ONCE", 2)
    fill = Numbering._fill

    def beside_others(self: Numbering) -> None:
        run("INSERT INTO crowd (name, created_at) VALUES ('old at once', now() - interval '9 days')")
        run("DELETE FROM crowd WHERE name = '4'")
        fill(self)

    monkeypatch.setattr(Numbering, "_fill", beside_others)

    Numbering(connection, "crowd", "integer").add()

    assert numbers() == [("5", 1), ("3", 3), ("2", 4), ("1", 5), ("old at once", 6)]


def test_it_runs_inside_a_transaction_as_well(crowd: None) -> None:
    with transaction.atomic():
        Numbering(connection, "crowd", "bigint").add()

    assert numbers() == [("5", 1), ("4", 2), ("3", 3), ("2", 4), ("1", 5)]


def test_an_empty_table_begins_with_one(crowd: None) -> None:
    run("DELETE FROM crowd")

    Numbering(connection, "crowd", "integer").add()
    run("INSERT INTO crowd (name, created_at) VALUES ('first', now())")

    assert numbers() == [("first", 1)]
