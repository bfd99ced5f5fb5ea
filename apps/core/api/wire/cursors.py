"""Cursor pagination: bounded, stable while rows change, cheap at any depth."""

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, NamedTuple, TypeVar
from urllib.parse import urlencode
from uuid import UUID

import orjson
from django.core.signing import BadSignature, Signer
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_noop
from rest_framework import serializers
from rest_framework.request import Request

from apps.core.api.wire.inputs import AnySerializer, read_number
from apps.core.api.wire.query_parameters import query
from apps.core.api.wire.responses import to_json
from apps.core.database.slices import Direction, Slice
from apps.core.errors import InvalidError

T = TypeVar("T")

PAGE_SIZE = 50
PAGE_SIZE_MAX = 100

cursor_parameters = [
    query("cursor", str, "The position to continue from, as in `next` or `previous` of a page."),
    query("page_size", {"type": "integer", "minimum": 1, "maximum": PAGE_SIZE_MAX}, "Rows a page.", default=PAGE_SIZE),
]


class InvalidCursorError(InvalidError):
    code = "invalid_cursor"
    detail = gettext_noop("This cursor is not from a page of this list. Start again without it.")


class PageAddress(NamedTuple):
    """Where a page is read: its path, its query, and what makes a path with a query a whole URL."""

    path: str
    parameters: Mapping[str, str]
    absolute: Callable[[str], str]


def page_of(
    request: Request,
    rows: QuerySet[Any],
    *,
    order: Sequence[str],
    rows_body: Callable[[list[Any]], list[Any]],
) -> dict[str, Any]:
    """Return {next, previous, results} of the rows in `order`, whose last column is unique.

    `rows_body` gets all rows of the page in one call. Cost: one query at any depth. Raises: InvalidError,
    InvalidCursorError.
    """
    address = address_of(request)
    chosen = read_slice(address, order)
    columns = [_flip(column) for column in order] if chosen.direction == "before" else list(order)
    if chosen.direction is not None:
        rows = rows.filter(_beyond(columns, chosen.values))
    names = [column.lstrip("-") for column in order]
    found = list(rows.order_by(*columns)[: chosen.size + 1])
    page = _page(address, order, chosen, found, lambda row: [getattr(row, name) for name in names])
    return {"next": page.next, "previous": page.previous, "results": rows_body(page.rows)}


def address_of(request: Request) -> PageAddress:
    return PageAddress(request.path, request.query_params, request.build_absolute_uri)


def json_page_of(
    address: PageAddress,
    chosen: Slice,
    rows: list[T],
    *,
    order: Sequence[str],
    values: Callable[[T], Sequence[object]],
    text: Callable[[T], str],
) -> bytes:
    """Return a page as page_of does, as JSON, of rows that are JSON by themselves.

    The rows are those of a slice, in its order and one more than its size if there are more; `values` returns what a
    row has in the columns of `order`, and `text` its JSON.
    """
    page = _page(address, order, chosen, rows, values)
    links = to_json({"next": page.next, "previous": page.previous}).decode()
    return f'{links[:-1]},"results":[{",".join(map(text, page.rows))}]}}'.encode()


def read_slice(address: PageAddress, order: Sequence[str]) -> Slice:
    """Return the slice of a list that the query parameters select. Raises: InvalidError, InvalidCursorError."""
    size = read_number(address.parameters, "page_size", default=PAGE_SIZE, low=1, high=PAGE_SIZE_MAX)
    direction, values = _read(address, order)
    return Slice(size, direction, values)


@dataclass(frozen=True, slots=True)
class _Page(Generic[T]):
    rows: list[T]
    next: str | None
    previous: str | None


def _page(
    address: PageAddress,
    order: Sequence[str],
    chosen: Slice,
    found: list[T],
    values: Callable[[T], Sequence[object]],
) -> _Page[T]:
    """Return the page of the rows found, which may be one too many and in the order of the slice."""
    has_more, rows = len(found) > chosen.size, found[: chosen.size]
    has_next, has_previous = has_more, chosen.direction is not None and bool(rows)
    if chosen.direction == "before":
        rows.reverse()
        has_next, has_previous = bool(rows), has_more
    return _Page(
        rows,
        _link(address, "after", values(rows[-1]), order) if has_next else None,
        _link(address, "before", values(rows[0]), order) if has_previous else None,
    )


def page_serializer(row: type[AnySerializer]) -> type[AnySerializer]:
    """Return the serializer class of a page of these rows."""
    name = row.__name__.removesuffix("Serializer")
    return type(
        f"{name}PageSerializer",
        (serializers.Serializer,),
        {
            "__doc__": f"A page of {name} rows.",
            "next": serializers.CharField(allow_null=True, help_text="URL of the next page."),
            "previous": serializers.CharField(allow_null=True, help_text="URL of the previous page."),
            "results": row(many=True),
        },
    )


def _flip(column: str) -> str:
    return column[1:] if column.startswith("-") else f"-{column}"


def _beyond(columns: Sequence[str], values: Sequence[object]) -> Q:
    """Return the condition of being after `values` in the order of `columns`."""
    condition = Q()
    for depth, column in enumerate(columns):
        name = column.lstrip("-")
        step = Q(**{f"{name}__{'lt' if column.startswith('-') else 'gt'}": values[depth]})
        for earlier, value in zip(columns[:depth], values, strict=False):
            step &= Q(**{earlier.lstrip("-"): value})
        condition |= step
    # Redundant, but lets an index on the first column be used.
    first = columns[0]
    bound = Q(**{f"{first.lstrip('-')}__{'lte' if first.startswith('-') else 'gte'}": values[0]})
    return bound & condition


def _link(address: PageAddress, direction: str, values: Sequence[object], order: Sequence[str]) -> str:
    payload = base64.urlsafe_b64encode(orjson.dumps([direction, *map(_plain, values)])).rstrip(b"=").decode()
    parameters = {**dict(address.parameters.items()), "cursor": _signer(address, order).sign(payload)}
    return address.absolute(f"{address.path}?{urlencode(sorted(parameters.items()))}")


def _read(address: PageAddress, order: Sequence[str]) -> tuple[Direction | None, tuple[object, ...]]:
    """Return the direction to continue in, and the position between rows; neither at the beginning."""
    text = address.parameters.get("cursor")
    if text is None:
        return None, ()
    try:
        payload = _signer(address, order).unsign(text)
        direction, *values = orjson.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (BadSignature, ValueError):
        raise InvalidCursorError(pointer="cursor") from None
    return "before" if direction == "before" else "after", tuple(values)


def _signer(address: PageAddress, order: Sequence[str]) -> Signer:
    # A cursor is valid for one list in one order only.
    return Signer(salt=f"laurel.cursor:{address.path}:{','.join(order)}", sep="~")


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value
