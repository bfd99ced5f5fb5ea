"""A slice of a list in a fixed order, and the SQL that selects it, as cursors select models."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

Direction = Literal["after", "before"]


class Column(NamedTuple):
    """A column of an order, as the statement names it."""

    sql: str
    is_descending: bool = False


@dataclass(frozen=True, slots=True)
class Slice:
    """At most `size` rows: the first ones, or those on one side of the row with these values of the order's columns."""

    size: int
    direction: Direction | None = None
    values: tuple[Any, ...] = ()

    def parameters(self) -> dict[str, Any]:
        """Return the parameters of beyond_sql, and `limit`: one row more than fit, for whether there are more."""
        named = {f"beyond_{number}": value for number, value in enumerate(self.values)}
        return {"limit": self.size + 1, **named}


def order_sql(columns: Sequence[Column], direction: Direction | None) -> str:
    """Return what follows ORDER BY."""
    is_back = direction == "before"
    return ", ".join(f"{column.sql} DESC" if column.is_descending != is_back else column.sql for column in columns)


def beyond_sql(columns: Sequence[Column], direction: Direction | None) -> str:
    """Return the condition of lying beyond a slice's values; always true without a direction."""
    if direction is None:
        return "true"
    steps: list[str] = []
    equal: list[str] = []
    for number, column in enumerate(columns):
        sign = "<" if column.is_descending != (direction == "before") else ">"
        steps.append(" AND ".join([*equal, f"{column.sql} {sign} %(beyond_{number})s"]))
        equal.append(f"{column.sql} = %(beyond_{number})s")
    first = columns[0]
    sign = "<=" if first.is_descending != (direction == "before") else ">="
    # Redundant, but lets an index on the first column be used.
    return f"{first.sql} {sign} %(beyond_0)s AND (({') OR ('.join(steps)}))"
