"""Gives a table's rows numbers of a sequence while the table is in use, and goes on where it was killed.

Locks that exclude readers or writers last as long as a count of the rows, and nobody queues behind them for more than
LOCK_SECONDS; rows are numbered a chunk at a time. For a million players, see docs/data.md.
"""

from contextlib import nullcontext

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

LOCK_SECONDS = 5
ROWS_AT_ONCE = 20_000

_COLUMN = """
ALTER TABLE {table} ADD COLUMN IF NOT EXISTS number {type};
CREATE SEQUENCE IF NOT EXISTS {table}_number_seq AS {type} OWNED BY {table}.number
"""
_HAS_DEFAULT = """
SELECT atthasdef FROM pg_attribute WHERE attrelid = '{table}'::regclass AND attname = 'number'
"""
# From now on new rows have a number, above all that existing ones will get.
_DEFAULT = """
ALTER TABLE {table} ALTER number SET DEFAULT nextval('{table}_number_seq');
DO $$ BEGIN
    EXECUTE format('ALTER SEQUENCE {table}_number_seq START %s RESTART', (SELECT count(*) + 1 FROM {table}));
END $$
"""
_ORDER = """
CREATE TABLE IF NOT EXISTS {table}_numbering AS
SELECT id, row_number() OVER (ORDER BY created_at, id)::{type} AS number FROM {table} WHERE number IS NULL;
CREATE INDEX IF NOT EXISTS {table}_numbering_idx ON {table}_numbering (number);
ANALYZE {table}_numbering
"""
_LAST = "SELECT coalesce(max(number), 0) FROM {table}_numbering"
_FILL = """
UPDATE {table} t SET number = n.number FROM {table}_numbering n
WHERE n.number > %s AND n.number <= %s AND t.id = n.id AND t.number IS NULL
"""
_INDEX = """
DROP INDEX IF EXISTS {table}_number_uniq;
CREATE UNIQUE INDEX {concurrently} {table}_number_uniq ON {table} (number)
"""
_IS_UNIQUE = "SELECT EXISTS (SELECT FROM pg_constraint WHERE conname = '{table}_number_uniq')"
# A valid check saves SET NOT NULL from reading the table under its lock.
_CHECK = "ALTER TABLE {table} ADD CONSTRAINT {table}_number_set CHECK (number IS NOT NULL) NOT VALID"
_VALIDATE = "ALTER TABLE {table} VALIDATE CONSTRAINT {table}_number_set"
_CONSTRAIN = """
ALTER TABLE {table} ALTER number SET NOT NULL, DROP CONSTRAINT {table}_number_set,
    ADD CONSTRAINT {table}_number_uniq UNIQUE USING INDEX {table}_number_uniq;
DROP TABLE {table}_numbering
"""


class Numbering:
    """Numbers the rows of one table, in order of creation; `type` is the number's."""

    def __init__(self, connection: BaseDatabaseWrapper, table: str, type_: str) -> None:
        self._connection = connection
        concurrently = "" if connection.in_atomic_block else "CONCURRENTLY"
        self._names = {"table": table, "type": type_, "concurrently": concurrently}

    def add(self) -> None:
        """Add column, sequence, default, numbers and constraints, as far as they are missing."""
        self._run("SET statement_timeout = 0")
        self._lock_for(_COLUMN)
        if not self._value(_HAS_DEFAULT):
            self._lock_for(_DEFAULT)
        if not self._value(_IS_UNIQUE):
            self._run_each(_ORDER)
            self._fill()
            self._run_each(_INDEX)
            self._lock_for("ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {table}_number_set;" + _CHECK)
            self._run(_VALIDATE)
            self._lock_for(_CONSTRAIN)
        self._run("RESET statement_timeout")

    def remove(self) -> None:
        """Remove the column with all that belongs to it."""
        self._lock_for("ALTER TABLE {table} DROP COLUMN number")

    def _fill(self) -> None:
        for start in range(0, self._value(_LAST), ROWS_AT_ONCE):
            self._run(_FILL, [start, start + ROWS_AT_ONCE])

    def _lock_for(self, statements: str) -> None:
        """Run statements that lock the table, in a transaction that does not wait for it for long."""
        is_inside = self._connection.in_atomic_block
        with nullcontext() if is_inside else transaction.atomic(using=self._connection.alias):
            self._run(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'")
            self._run(statements)

    def _run_each(self, statements: str) -> None:
        """Run statements each by itself, as an index that is built concurrently demands."""
        for statement in statements.split(";"):
            self._run(statement)

    def _run(self, statement: str, values: list[int] | None = None) -> None:
        with self._connection.cursor() as cursor:
            cursor.execute(statement.format(**self._names), values)

    def _value(self, statement: str) -> int:
        with self._connection.cursor() as cursor:
            cursor.execute(statement.format(**self._names))
            return int(cursor.fetchone()[0])
