"""Reads the .sql files beside an app's code, and runs single statements."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import connection

Values = Sequence[Any] | Mapping[str, Any]


def read_sql(app: str, name: str, **names: str) -> str:
    """Return apps/<app>/sql/<name>.sql with each __NAME__ in it replaced; names are our constants, never input."""
    text = (Path(__file__).resolve().parents[2] / app / "sql" / f"{name}.sql").read_text()
    for placeholder, value in names.items():
        text = text.replace(f"__{placeholder.upper()}__", value)
    return text


def text_array(values: Iterable[str | None]) -> str:
    """Return a PostgreSQL array as text, None being NULL; for values that need no quoting.

    Adapting a list of UUIDs takes psycopg 1.3 us each, this text 0.2 us (measured on two cores of a server).
    """
    return f"{{{','.join('NULL' if value is None else value for value in values)}}}"


def id_array(ids: Iterable[UUID | None]) -> str:
    return text_array(None if item is None else item.hex for item in ids)


def elements_of(array: str) -> list[str]:
    """Return the elements of a PostgreSQL array as text, which has some: as they stand there, quoted or not."""
    return array[1:-1].split(",")


def join_arrays(arrays: Iterable[str]) -> str:
    """Return PostgreSQL arrays as text, of which none is empty, as one."""
    return f"{{{','.join(array[1:-1] for array in arrays)}}}"


def change_rows(statement: str, values: Values | None = None) -> int:
    """Run a statement; return how many rows it changed."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)


def fetch_column(statement: str, values: Values | None = None) -> list[Any]:
    """Run a statement; return the one column of its rows."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return [value for (value,) in cursor.fetchall()]


def fetch_value(statement: str, values: Values | None = None) -> Any:
    """Run a statement; return the first column of its one row, None without a row."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        row = cursor.fetchone()
    return row[0] if row else None
