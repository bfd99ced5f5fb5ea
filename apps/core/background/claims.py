"""Claims of due rows: how workers share the rows of a table.

A row is due from its `due_at` on. Workers claim due rows with FOR UPDATE SKIP LOCKED, so none waits for another.

Work that only writes to PostgreSQL is done in the transaction of the claim. If the worker is killed, that transaction
rolls back and its rows are due at once. Where one row is claimed at a time, `postponing` has it wait if its work fails,
or it would be the first again and hold up all others.

Work that calls another system, such as a receiver or a mail server, must not hold locks, so it takes a lease:

- `claim_due` sets `claim_token` to a token of the worker's and the end of the lease, and commits. The lease's end is
  the row's `due_at`, because a row whose worker was killed is due then. Rows that no time makes due (a job's slot, the
  rebuild of the boards) have it in `lease_until`.
- `renew_lease` moves the end of the lease and says whether the row is still the worker's.
- `release` returns a row that was not tried.
- `complete` records the result.

The last three change only rows that still have the worker's token: a killed worker loses nothing, because its rows come
due when the lease ends, and a worker that outlives its lease changes nothing.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import orjson
import structlog
from django.db import transaction

from apps.core.clock import now
from apps.core.database.sql import change_rows, fetch_value, text_array

log = structlog.get_logger(__name__)

Row = Mapping[str, object]
# How long a row waits whose work has failed.
RETRY_AFTER = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class DueTable:
    """A table with rows that come due, named by `key`. `waiting` is the condition of its index on `due_at`."""

    name: str
    waiting: str = "true"
    key: str = "id"

    def waiting_since(self) -> datetime | None:
        """Return since when the oldest row is due, None when none is. One index look-up."""
        statement = f"""
            SELECT due_at FROM {self.name} WHERE {self.waiting} AND due_at <= %s ORDER BY due_at LIMIT 1
        """  # noqa: S608 - put together from constants
        since: datetime | None = fetch_value(statement, [now()])
        return since

    @contextmanager
    def postponing(self, key: UUID) -> Iterator[None]:
        """Do the work of a row claimed in this transaction; if it fails, log why and have the row wait RETRY_AFTER.

        What the work has written is rolled back then.
        """
        try:
            with transaction.atomic():
                yield
        except Exception:
            # Whatever is wrong with one, the others go on.
            log.exception("work_queue.row_failed", table=self.name, row=key.hex)
            statement = f"UPDATE {self.name} SET due_at = %s WHERE {self.key} = %s"  # noqa: S608 - from constants
            change_rows(statement, [now() + RETRY_AFTER, key])


@dataclass(frozen=True, slots=True, kw_only=True)
class LeasedTable(DueTable):
    """A table whose rows are claimed under a lease as above, ending at `due_at`; `claim_due` is the table's own.

    Each row counts its attempts when it is claimed.
    """

    lease: timedelta

    def renew_lease(self, key: UUID, token: UUID) -> bool:
        """Extend the lease; return whether the row is still claimed under the token. One statement."""
        statement = f"""
            UPDATE {self.name} SET due_at = %s WHERE {self.key} = %s AND claim_token = %s
        """  # noqa: S608 - put together from constants
        return bool(change_rows(statement, [now() + self.lease, key, token]))

    def release(self, keys: Collection[UUID], token: UUID, *, due_at: datetime) -> None:
        """Return rows that were not tried, due from `due_at` on. One statement."""
        statement = f"""
            UPDATE {self.name} SET due_at = %s, claim_token = NULL, attempt_count = attempt_count - 1
            WHERE {self.key} = ANY (%s::text::uuid[]) AND claim_token = %s
        """  # noqa: S608 - put together from constants
        change_rows(statement, [due_at, text_array(key.hex for key in keys), token])

    def complete(self, rows: Sequence[Row], token: UUID) -> None:
        """Write the results of rows still claimed under the token, and end their claims. One statement."""
        self._write([{**row, "claim_token": None} for row in rows], "t.claim_token = %s", token)

    def save(self, rows: Sequence[Row]) -> None:
        """Write rows that this transaction has locked. One statement."""
        self._write(rows, "true")

    def _write(self, rows: Sequence[Row], condition: str, *values: UUID) -> None:
        columns = ", ".join(f"{name} = new.{name}" for name in rows[0] if name != self.key)
        statement = f"""
            UPDATE {self.name} t SET {columns} FROM jsonb_populate_recordset(NULL::{self.name}, %s::jsonb) AS new
            WHERE t.{self.key} = new.{self.key} AND {condition}
        """  # noqa: S608 - put together from constants
        change_rows(statement, [orjson.dumps(rows).decode(), *values])
